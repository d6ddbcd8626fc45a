import { CircleCheck, ScanSearch } from 'lucide-react'

import { type TurnState } from '@/stream/state'
import { plural } from '@/ui/format'

import { useWorkspace } from '../context'
import { Section } from './Section'

/** What the reviewer says about the change, beside what was asked for. */
export function ReviewRows({ review }: { review: NonNullable<TurnState['review']> }) {
  const { openFile } = useWorkspace()
  const { findings } = review
  return (
    <Section title="Review" note={findings.length > 0 ? plural(findings.length, 'finding') : undefined}>
      {findings.length === 0 ? (
        <p className="flex items-center gap-2 text-sm">
          <CircleCheck aria-hidden className="size-4 text-ok" />
          Does what you asked for
        </p>
      ) : (
        <ul className="flex flex-col gap-1.5 text-sm">
          {findings.map(({ path, message }, i) => (
            <li key={i} className="flex items-start gap-2">
              <ScanSearch aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
              <span className="min-w-0 wrap-anywhere">
                {message}{' '}
                {path !== null && (
                  <button
                    type="button"
                    className="rounded-sm font-mono text-xs text-accent-text underline-offset-2 hover:underline"
                    onClick={() => openFile(path)}
                  >
                    {path}
                  </button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
