import { http, HttpResponse, type HttpHandler } from 'msw'

import {
  type AuditEntry,
  type Budget,
  type Health,
  type SaveBudget,
  type UserBudget,
} from '@/api/generated/wire'

import { newId, type MockDb } from './db'
import { problem } from './problem'

/** An entry of the audit log, by Ada on this machine unless said otherwise. */
export function entryOf(action: AuditEntry['action'], rest: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    at: new Date().toISOString(),
    action,
    actor: 'user',
    actor_id: 'ada',
    actor_name: 'Ada',
    target: null,
    target_id: null,
    target_name: null,
    project_id: null,
    project_name: null,
    address: '127.0.0.1',
    detail: {},
    ...rest,
  }
}

export const HEALTH: Health = {
  version: '2.0.0',
  node_id: '0192f000-0000-7000-8000-00000000beef',
  started_at: new Date(Date.now() - 3_600_000).toISOString(),
  not_ready: null,
  database: { version: 'SQLite 3.51.3', bytes: 12_400_000 },
  queue: { queued: 0, running: 1, most: 64, failed: 2 },
  disk: { free_bytes: 53_000_000_000, total_bytes: 252_000_000_000 },
  starters: 12,
  packages: 214,
}

const money = (limit: number | null): Budget => ({
  limit_nanousd: limit,
  spent_nanousd: 2_600_000_000,
  reserved_nanousd: 0,
  left_nanousd: limit === null ? null : limit - 2_600_000_000,
  alerted: 0,
})

/** The administration: limits are told in the log when they are set. */
export function adminHandlers(db: MockDb): HttpHandler[] {
  const limits = new Map<string, number | null>()
  const budget = (id: string): UserBudget => ({
    user_id: id,
    budgets: { ...db.budgets, user: money(limits.get(id) ?? null), ceiling_nanousd: limits.get(id) ?? null },
    overridden: limits.has(id),
  })
  const told = (detail: Record<string, string>) =>
    db.audit.unshift(entryOf('budget_changed', { detail: { scope: 'admin', ...detail } }))
  return [
    http.get('/api/admin/health', () => HttpResponse.json(HEALTH)),
    http.get('/api/admin/audit', ({ request }) => {
      const query = new URL(request.url).searchParams
      const user = query.get('user')
      if (user !== null && !user.includes('ada')) {
        return problem(400, 'invalid', 'Nobody here signs in with this address.')
      }
      const action = query.get('action')
      const items = db.audit.filter((entry) => action === null || entry.action === action)
      return HttpResponse.json({ items, next_cursor: null })
    }),
    http.get('/api/account/activity', () => HttpResponse.json({ items: db.audit, next_cursor: null })),
    http.get<{ id: string }>('/api/admin/users/:id/budget', ({ params }) =>
      HttpResponse.json(budget(params.id)),
    ),
    http.put<{ id: string }>('/api/admin/users/:id/budget', async ({ request, params }) => {
      const { limit_nanousd: limit } = (await request.json()) as SaveBudget
      limits.set(params.id, limit)
      told({ limit_nanousd: limit === null ? 'none' : String(limit) })
      return HttpResponse.json(budget(params.id))
    }),
    http.delete<{ id: string }>('/api/admin/users/:id/budget', ({ params }) => {
      limits.delete(params.id)
      told({ by_plan: 'true' })
      return HttpResponse.json(budget(params.id))
    }),
  ]
}
