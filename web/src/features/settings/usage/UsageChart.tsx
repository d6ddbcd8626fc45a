import { lazy, Suspense, useId, useState } from 'react'

import { type UsageDay } from '@/api/generated/wire'
import { formatMoney, formatTokens } from '@/ui/format'
import { Skeleton } from '@/ui/Skeleton'
import { TabList, TabsRoot } from '@/ui/Tabs'

import { dayName } from './days'
import { fillOf, Patterns } from './Patterns'
import { chartOf, type Measure } from './series'

const Bars = lazy(async () => ({ default: (await import('./Bars')).Bars }))

const MEASURES = [
  { value: 'money', label: 'Money' },
  { value: 'tokens', label: 'Tokens' },
] as const

/** Money or tokens a day. The table below says the same in numbers, so the drawing is not read aloud. */
export function UsageChart({ days }: { days: readonly UsageDay[] }) {
  const paid = days.some((day) => day.totals.cost_nanousd > 0)
  const [measure, setMeasure] = useState<Measure>(paid ? 'money' : 'tokens')
  const id = useId()
  const data = chartOf(days, measure)
  const wordsOf = measure === 'money' ? axisMoney : formatTokens
  const most = data.rows.reduce<(typeof data.rows)[number] | null>(
    (best, row) => (best === null || row.sum > best.sum ? row : best),
    null,
  )
  return (
    <figure>
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <TabsRoot value={measure} onChange={setMeasure}>
          <TabList detached label="What the chart shows" tabs={MEASURES} />
        </TabsRoot>
        <span className="text-sm text-ink-muted tnum">
          {most === null || most.sum === 0
            ? measure === 'money'
              ? 'Nothing with a known price'
              : 'No tokens'
            : `Most on ${dayName(most.date)}: ${measure === 'money' ? formatMoney(most.sum) : `${formatTokens(most.sum)} tokens`}`}
        </span>
      </figcaption>
      <div aria-hidden className="h-52">
        <Suspense fallback={<Skeleton className="h-full" />}>
          <Bars data={data} id={id} wordsOf={wordsOf} />
        </Suspense>
      </div>
      <ul
        aria-label={measure === 'money' ? 'Money by model' : 'Tokens by kind'}
        className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-sm text-ink-muted"
      >
        {data.series.map(({ key, name, total }, place) => (
          <li key={key} className="flex min-w-0 items-center gap-2">
            <svg aria-hidden className="size-3 shrink-0 rounded-sm">
              <Patterns id={`${id}-l${place}`} series={data.series} />
              <rect width="100%" height="100%" fill={fillOf(`${id}-l${place}`, place)} />
            </svg>
            <span className="truncate">{name}</span>
            <span className="text-ink tnum">
              {measure === 'money' ? formatMoney(total) : formatTokens(total)}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

/** An axis needs no sign for what is less than a cent: its marks are even. */
const axisMoney = (nanousd: number): string => {
  const dollars = nanousd / 1e9
  return dollars > 0 && dollars < 0.1 ? `$${Number(dollars.toPrecision(2))}` : formatMoney(nanousd)
}
