import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { type ReactNode } from 'react'

import { cx } from './cx'

type NoticeTone = 'info' | 'ok' | 'warn' | 'danger'

const LOOKS: Record<NoticeTone, { icon: typeof Info; className: string; iconClass: string }> = {
  info: { icon: Info, className: 'bg-sunken', iconClass: 'text-ink-muted' },
  ok: { icon: CircleCheck, className: 'bg-ok-soft', iconClass: 'text-ok' },
  warn: { icon: TriangleAlert, className: 'bg-warn-soft', iconClass: 'text-warn' },
  danger: { icon: CircleAlert, className: 'bg-danger-soft', iconClass: 'text-danger' },
}

interface NoticeProps {
  tone?: NoticeTone
  title?: string
  children?: ReactNode
  /** What can be done about it. */
  action?: ReactNode
  className?: string
}

/** A few words that stay where they matter. A failure is read aloud at once. */
export function Notice({ tone = 'info', title, children, action, className }: NoticeProps) {
  const { icon: Icon, className: look, iconClass } = LOOKS[tone]
  return (
    <div
      role={tone === 'danger' ? 'alert' : undefined}
      className={cx(
        'flex items-start gap-2.5 rounded-control px-3 py-2.5 text-left text-sm',
        look,
        className,
      )}
    >
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', iconClass)} />
      <div className="min-w-0 flex-1 wrap-break-word">
        {title !== undefined && <p className="font-medium">{title}</p>}
        {children !== undefined && (
          <div className={cx(title !== undefined && 'text-ink-muted')}>{children}</div>
        )}
      </div>
      {action}
    </div>
  )
}
