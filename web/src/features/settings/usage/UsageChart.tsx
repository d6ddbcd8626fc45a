import { useState } from 'react'

import { type UsageDay } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { formatMoney, formatTokens } from '@/ui/format'

import { dayName, tokensOf } from './days'

/** One bar a day: money when any was spent, otherwise tokens. The table below says the same in numbers. */
export function UsageChart({ days }: { days: readonly UsageDay[] }) {
  const [pointed, setPointed] = useState<UsageDay | null>(null)
  const paid = days.some((day) => day.totals.cost_nanousd > 0)
  const valueOf = (day: UsageDay) => (paid ? day.totals.cost_nanousd : tokensOf(day.totals))
  const wordsOf = (value: number) => (paid ? formatMoney(value) : `${formatTokens(value)} tokens`)
  const most = Math.max(1, ...days.map(valueOf))
  const first = days[0]
  const last = days.at(-1)
  return (
    <figure>
      <figcaption className="mb-3 flex flex-wrap justify-between gap-x-4 text-sm text-ink-muted tnum">
        <span>{paid ? 'Cost' : 'Tokens'} a day</span>
        <span>
          {pointed
            ? `${dayName(pointed.date)}: ${wordsOf(valueOf(pointed))}`
            : `most on one day: ${wordsOf(most)}`}
        </span>
      </figcaption>
      <div aria-hidden className="flex h-36 items-end border-b" onPointerLeave={() => setPointed(null)}>
        {days.map((day) => {
          const share = valueOf(day) / most
          return (
            <div
              key={day.date}
              onPointerEnter={() => setPointed(day)}
              className="flex h-full min-w-0 flex-1 items-end justify-center px-px"
            >
              <div
                style={{ height: share === 0 ? '2px' : `max(3px, ${share * 100}%)` }}
                className={cx(
                  'w-full max-w-6 rounded-t-[3px] transition-colors',
                  share === 0 ? 'bg-line' : pointed === day ? 'bg-accent-hover' : 'bg-accent',
                )}
              />
            </div>
          )
        })}
      </div>
      {first && last && (
        <div aria-hidden className="mt-1.5 flex justify-between text-xs text-ink-muted">
          <span>{dayName(first.date)}</span>
          <span>{dayName(last.date)}</span>
        </div>
      )}
    </figure>
  )
}
