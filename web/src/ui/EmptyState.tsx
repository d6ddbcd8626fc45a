import { type ReactNode } from 'react'

import { cx } from './cx'

interface EmptyStateProps {
  icon?: ReactNode
  title: string
  /** One or two sentences that teach. */
  children?: ReactNode
  /** The one thing to do. */
  action?: ReactNode
  className?: string
}

export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cx('mx-auto flex max-w-sm flex-col items-center px-6 py-12 text-center', className)}>
      {icon !== undefined && (
        <div aria-hidden className="mb-3 text-ink-faint [&_svg]:size-6">
          {icon}
        </div>
      )}
      <h2 className="text-md font-semibold text-balance">{title}</h2>
      {children !== undefined && <div className="mt-1 text-pretty text-ink-muted">{children}</div>}
      {action !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
