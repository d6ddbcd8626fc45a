import { cx } from './cx'

/** The shape of what is coming. Put it in a container with `aria-busy` and words for screen readers. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx('animate-shimmer rounded-control bg-hover', className)} />
}
