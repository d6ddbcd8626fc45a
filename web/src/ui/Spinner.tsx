import { LoaderCircle } from 'lucide-react'

import { cx } from './cx'

/** Something is under way, in words: there is no spinner without them. */
export function Spinner({ children, className }: { children: string; className?: string }) {
  return (
    <span role="status" className={cx('inline-flex items-center gap-2 text-ink-muted', className)}>
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      {children}
    </span>
  )
}
