import { http, HttpResponse, type HttpHandler } from 'msw'

import {
  type PriceList,
  type SavePrice,
  type UsageDay,
  type UsageGroup,
  type UsageReport,
  type UsageTotals,
} from '@/api/generated/wire'

import { type MockDb } from './db'
import { problem } from './problem'

export const PRICES = { source: 'genai-prices 0.2.3', date: '2026-11-23' }

const MODELS = ['anthropic/claude-sonnet', 'openai/gpt-5', 'ollama/qwen3-coder']

export const NOTHING: UsageTotals = {
  steps: 0,
  input: 0,
  output: 0,
  cache_read: 0,
  cache_write: 0,
  cost_nanousd: 0,
  unpriced_steps: 0,
  naive: { steps: 0, spent_tokens: 0, tokens: 0, priced_steps: 0, spent_nanousd: 0, cost_nanousd: 0 },
}

/** Sums of so many calls, each of the same size. */
export function callsOf(steps: number): UsageTotals {
  const cost = steps * 38_000_000
  return {
    steps,
    input: steps * 3_400,
    output: steps * 1_900,
    cache_read: steps * 900,
    cache_write: 0,
    cost_nanousd: cost,
    unpriced_steps: 0,
    naive: {
      steps,
      spent_tokens: steps * 6_200,
      tokens: steps * 41_000,
      priced_steps: steps,
      spent_nanousd: cost,
      cost_nanousd: steps * 210_000_000,
    },
  }
}

/** A report of as many days, each with 0 to 4 calls. */
export function reportOf(days: number, calls = (day: number) => (day * 7) % 5): UsageReport {
  const dateOf = (i: number) => new Date(Date.now() - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10)
  const rows: UsageDay[] = Array.from({ length: days }, (_, i) => {
    const steps = calls(i)
    // The last model is free: it costs nothing and is not in the picture.
    const models = MODELS.slice(0, Math.min(steps, 2)).map((model, at, all) => ({
      model,
      tokens: (steps * 6_200) / all.length,
      cost_nanousd: (steps * 38_000_000 * (at === 0 ? (all.length === 2 ? 2 : 3) : 1)) / 3,
    }))
    return { date: dateOf(i), totals: callsOf(steps), models }
  })
  const steps = rows.reduce((sum, day) => sum + day.totals.steps, 0)
  const parts = (names: readonly (readonly [id: string, name: string])[]): UsageGroup[] =>
    names.map(([id, name], i) => {
      const each = Math.floor(steps / names.length)
      return { id, name, totals: callsOf(i === 0 ? steps - each * (names.length - 1) : each) }
    })
  const repairs = Math.floor(steps / 6)
  const total = callsOf(steps)
  return {
    from: dateOf(0),
    until: dateOf(days - 1),
    total,
    cache_read_permille: steps === 0 ? 0 : Math.round((900 / 4_300) * 1_000),
    days: rows,
    kinds: [
      { kind: 'draft', totals: callsOf(steps - repairs) },
      { kind: 'repair', totals: callsOf(repairs) },
    ],
    projects: parts([
      ['0192f000-0000-7000-8000-000000000001', 'Focus timer'],
      ['0192f000-0000-7000-8000-000000000002', 'Kanban for a small bakery with a very long name'],
    ]),
    models: parts(MODELS.slice(0, 2).map((id) => [id, id] as const)),
    keys: parts([
      ['0192f000-0000-7000-8000-00000000000a', 'Anthropic (…9xyz)'],
      ['openai', 'OpenAI, from the server’s environment'],
    ]),
    users: [],
    prices: PRICES,
  }
}

/** Usage and prices. */
export function usageHandlers(db: MockDb): HttpHandler[] {
  const asked = (request: Request) => {
    const query = new URL(request.url).searchParams
    const days = query.has('from') ? new Date().getUTCDate() : Number(query.get('days') ?? 30)
    const report = reportOf(days)
    const project = query.get('project')
    return project === null
      ? report
      : { ...report, projects: report.projects.filter((group) => group.id === project) }
  }
  const prices = (): PriceList => ({ items: db.prices, prices: PRICES })
  return [
    http.get('/api/usage', ({ request }) => HttpResponse.json(asked(request))),
    http.get('/api/admin/usage', ({ request }) => {
      const report = asked(request)
      const users = ['Ada', 'Eve'].map((name, i) => ({
        id: `0192f000-0000-7000-8000-0000000000f${i}`,
        name,
        totals: callsOf(7 - i),
      }))
      return HttpResponse.json({ ...report, users } satisfies UsageReport)
    }),
    http.get('/api/admin/prices', () => HttpResponse.json(prices())),
    http.put('/api/admin/prices', async ({ request }) => {
      const price = (await request.json()) as SavePrice
      if (!price.model.includes('/')) {
        return problem(400, 'invalid', 'The price is not right.', [
          { field: 'model', message: 'Name the model as `provider/name`.' },
        ])
      }
      const { input_microusd } = price
      db.prices = [
        ...db.prices.filter((p) => p.model !== price.model),
        {
          cache_read_microusd: input_microusd,
          cache_write_microusd: input_microusd,
          ...price,
          updated_at: new Date().toISOString(),
        },
      ]
      return HttpResponse.json(prices())
    }),
    http.delete('/api/admin/prices', ({ request }) => {
      const model = new URL(request.url).searchParams.get('model')
      db.prices = db.prices.filter((price) => price.model !== model)
      return new HttpResponse(null, { status: 204 })
    }),
  ]
}
