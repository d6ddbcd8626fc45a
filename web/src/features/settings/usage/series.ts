import { type UsageDay } from '@/api/generated/wire'

import { dayName } from './days'

/** What the chart shows. */
export type Measure = 'money' | 'tokens'

/** One kind of bar: its place is its colour and pattern. */
export interface Series {
  key: string
  name: string
  total: number
}

export interface ChartData {
  series: Series[]
  /** One row a day: its date, its name, and a number for each series. */
  rows: ({ date: string; day: string; sum: number } & Record<string, number | string>)[]
}

/** Models that have a colour of their own; all others share the last. */
const NAMED = 4

/** Money by model, or tokens by how they were sent and answered. */
export function chartOf(days: readonly UsageDay[], measure: Measure): ChartData {
  return measure === 'money' ? moneyOf(days) : tokensOf(days)
}

function moneyOf(days: readonly UsageDay[]): ChartData {
  const totals = new Map<string, number>()
  for (const { model, cost_nanousd } of days.flatMap((day) => day.models)) {
    totals.set(model, (totals.get(model) ?? 0) + cost_nanousd)
  }
  const paid = [...totals].filter(([, cost]) => cost > 0).sort((a, b) => b[1] - a[1])
  const named = paid.length > NAMED + 1 ? paid.slice(0, NAMED) : paid
  const others = paid.slice(named.length)
  const series = named.map(([model, total], i) => ({ key: `s${i}`, name: shortModel(model), total }))
  if (others.length > 0) {
    const total = others.reduce((sum, [, cost]) => sum + cost, 0)
    series.push({ key: 'others', name: `${others.length} other models`, total })
  }
  const keyOf = new Map(named.map(([model], i) => [model, `s${i}`]))
  return build(days, series, (day) => day.models.map((m) => [keyOf.get(m.model) ?? 'others', m.cost_nanousd]))
}

function tokensOf(days: readonly UsageDay[]): ChartData {
  const parts = ({ totals }: UsageDay): [string, number][] => [
    ['sent', totals.input + totals.cache_write],
    ['cache', totals.cache_read],
    ['answered', totals.output],
  ]
  const names = { sent: 'Sent', cache: 'Sent, from the cache', answered: 'Answered' }
  const series = Object.entries(names).map(([key, name]) => ({
    key,
    name,
    total: days.flatMap(parts).reduce((sum, [of, tokens]) => (of === key ? sum + tokens : sum), 0),
  }))
  return build(days, series, parts)
}

function build(
  days: readonly UsageDay[],
  series: Series[],
  parts: (day: UsageDay) => [key: string, value: number][],
): ChartData {
  const rows = days.map((day) => {
    const values = Object.fromEntries(series.map(({ key }) => [key, 0]))
    let sum = 0
    for (const [key, value] of parts(day)) {
      if (value === 0) continue
      values[key] = (values[key] ?? 0) + value
      sum += value
    }
    return { ...values, date: day.date, day: dayName(day.date), sum }
  })
  return { series, rows }
}

/** A model's own name, without its provider's. */
export const shortModel = (id: string): string => id.split('/').slice(1).join('/') || id
