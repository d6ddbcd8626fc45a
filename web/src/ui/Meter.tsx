import { cx } from './cx'
import { formatBytes } from './format'

interface MeterProps {
  label: string
  /** In bytes; `null` when it is not known. */
  used: number | null
  /** In bytes; `null` when there is no limit. */
  limit: number | null
}

/** How much of something is used, in numbers and as a bar. */
export function Meter({ label, used, limit }: MeterProps) {
  const share = used === null || limit === null || limit === 0 ? 0 : Math.min(1, used / limit)
  const of = limit === null ? '' : ` of ${formatBytes(limit)}`
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span>{label}</span>
        <span className="tnum">
          {used === null ? (
            <span className="text-ink-muted">
              {limit === null ? 'not known' : `at most ${formatBytes(limit)}`}
            </span>
          ) : (
            <>
              {formatBytes(used)}
              <span className="text-ink-muted">{of}</span>
            </>
          )}
        </span>
      </div>
      {limit !== null && (
        <div
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(limit, used ?? 0)}
          aria-valuetext={used === null ? 'not known' : `${formatBytes(used)}${of}`}
          className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken"
        >
          <span
            className={cx(
              'block h-full',
              share >= 0.95 ? 'bg-danger' : share >= 0.8 ? 'bg-warn' : 'bg-accent',
            )}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
    </div>
  )
}
