import { formatExact, formatRelative } from './format'
import { useNow } from './useNow'

/** "5 minutes ago", with the exact time on hover. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow()
  const date = new Date(at)
  return (
    <time dateTime={at} title={formatExact(date)} className={className}>
      {formatRelative(date, new Date(Math.max(now, date.getTime())))}
    </time>
  )
}
