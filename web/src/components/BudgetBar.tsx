import { type Budget } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { formatMoney } from '@/ui/format'

/** One purse: spent and set aside of its limit, in words and as a bar. */
export function BudgetBar({ name, budget, note }: { name: string; budget: Budget; note?: string }) {
  const { limit_nanousd: limit, spent_nanousd: spent, reserved_nanousd: reserved } = budget
  const share = (part: number) => (limit === null || limit === 0 ? 0 : Math.min(100, (part / limit) * 100))
  const used = limit !== null && spent + reserved >= limit
  return (
    <div>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <p className="font-medium">{name}</p>
        <p className="tnum">
          {formatMoney(spent)}
          <span className="text-ink-muted">
            {' '}
            {limit === null ? 'spent, no limit' : `of ${formatMoney(limit)}`}
          </span>
        </p>
      </div>
      {limit !== null && (
        <div
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={limit / 1e9}
          aria-valuenow={Math.min(limit, spent) / 1e9}
          aria-valuetext={`${formatMoney(spent)} of ${formatMoney(limit)}`}
          className="mt-1.5 flex h-1.5 overflow-hidden rounded-full bg-sunken"
        >
          <span
            className={cx('h-full', used ? 'bg-danger' : share(spent) >= 80 ? 'bg-warn' : 'bg-accent')}
            style={{ width: `${share(spent)}%` }}
          />
          <span className="h-full bg-line-strong" style={{ width: `${share(reserved)}%` }} />
        </div>
      )}
      <p className="mt-1 text-sm text-pretty text-ink-muted tnum">
        {used && 'Used up. '}
        {reserved > 0 && `${formatMoney(reserved)} is set aside for calls under way. `}
        {note}
      </p>
    </div>
  )
}
