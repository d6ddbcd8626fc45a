import { expect, test } from 'vitest'

import { callsOf, reportOf } from '@/testing/usageHandlers'

import { chartOf } from './series'

test('a day is what its parts are, in money and in tokens', () => {
  const { days, total } = reportOf(30)
  for (const measure of ['money', 'tokens'] as const) {
    const { series, rows } = chartOf(days, measure)
    expect(rows).toHaveLength(30)
    for (const row of rows) {
      const parts = series.reduce((sum, { key }) => sum + Number(row[key]), 0)
      expect(parts).toBeCloseTo(row.sum)
    }
    const all = series.reduce((sum, s) => sum + s.total, 0)
    expect(all).toBeCloseTo(
      measure === 'money' ? total.cost_nanousd : total.input + total.cache_read + total.output,
    )
  }
})

test('the dearest models have a bar of their own, and all others share one', () => {
  const models = Array.from({ length: 7 }, (_, i) => ({ model: `p/m${i}`, tokens: 1, cost_nanousd: i }))
  const { series, rows } = chartOf([{ date: '2026-11-24', totals: callsOf(1), models }], 'money')
  expect(series.map((s) => s.name)).toEqual(['m6', 'm5', 'm4', 'm3', '2 other models'])
  // One that is free is none of them.
  expect(series.at(-1)?.total).toBe(2 + 1)
  expect(rows[0]).toMatchObject({ s0: 6, others: 3, sum: 21 })
})
