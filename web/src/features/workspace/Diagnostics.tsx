import { CircleX, TriangleAlert } from 'lucide-react'

import { type Diagnostic } from '@/api/generated/wire'
import { cx } from '@/ui/cx'

import { useWorkspace } from './context'

/** Findings; each leads to its line. */
export function Diagnostics({ items }: { items: readonly Diagnostic[] }) {
  const { openFile } = useWorkspace()
  return (
    <ul className="flex flex-col gap-1 rounded-control bg-sunken p-2">
      {items.map((item, i) => (
        <li key={i} className="text-xs">
          <span
            className={cx(
              'inline-flex items-center gap-1 font-medium [&_svg]:size-3.5',
              item.severity === 'error' ? 'text-danger' : 'text-warn',
            )}
          >
            {item.severity === 'error' ? <CircleX aria-hidden /> : <TriangleAlert aria-hidden />}
            {item.severity === 'error' ? 'Error' : 'Warning'}
          </span>
          {item.path !== null && (
            <button
              type="button"
              className="ml-2 rounded-sm font-mono text-accent-text underline-offset-2 hover:underline"
              onClick={() => item.path !== null && openFile(item.path, item.line || undefined)}
            >
              {item.path}
              {item.line > 0 && `:${item.line}`}
            </button>
          )}
          <p className="mt-0.5 break-words text-ink">{item.message}</p>
        </li>
      ))}
    </ul>
  )
}
