import { GitPullRequestArrow } from 'lucide-react'

import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { plural } from '@/ui/format'

import { useWorkspace } from '../context'

/** Changes that were not made, because a person had written there: they decide. */
export function Suggested({ items }: { items: TurnState['suggested'] }) {
  const { showWaiting } = useWorkspace()
  const one = items.length === 1
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2 border-t bg-warn-soft px-3 py-2 text-sm">
      <GitPullRequestArrow aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium">
          {plural(items.length, 'change')} {one ? 'waits' : 'wait'} for you
        </p>
        <ul className="text-ink-muted">
          {items.map(({ path, reason }) => (
            <li key={path} className="wrap-anywhere">
              <span className="font-mono text-xs text-ink">{path}</span> {reason}
            </li>
          ))}
        </ul>
      </div>
      <Button size="sm" onClick={showWaiting}>
        {one ? 'Look at it' : 'Look at them'}
      </Button>
    </div>
  )
}
