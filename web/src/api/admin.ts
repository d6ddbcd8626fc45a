import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import {
  type AuditAction,
  type AuditEntry,
  type Health,
  type Page,
  type SaveBudget,
  type UserBudget,
} from './generated/wire'
import { keys } from './keys'

const HEALTH_MS = 10_000

/** How the server is, again and again. Administrators. */
export const healthQuery = () =>
  queryOptions({
    queryKey: keys.health(),
    queryFn: ({ signal }) => api.get<Health>(apiPath('admin', 'health'), undefined, signal),
    refetchInterval: HEALTH_MS,
  })

/** Which entries of the audit log are shown. Days are those of UTC. */
export interface AuditFilter {
  action?: AuditAction
  /** An id or an e-mail address. */
  user?: string
  from?: string
  until?: string
}

/** The audit log, the newest first, page by page. Administrators. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: keys.audit(filter),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<AuditEntry>>(apiPath('admin', 'audit'), { ...filter, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // An act is seen at once, however lately the list was read.
    staleTime: 0,
    retry: false,
  })

/** Where the same is as CSV. */
export function auditCsv(filter: AuditFilter): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value))
  return `${apiPath('admin', 'audit')}.csv?${query}`
}

/** What one did oneself, and what was done to one. */
export const activityQuery = () =>
  infiniteQueryOptions({
    queryKey: keys.activity(),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<AuditEntry>>(apiPath('account', 'activity'), { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: 0,
  })

/** A user's month. Administrators. */
export const userBudgetQuery = (id: string) =>
  queryOptions({
    queryKey: keys.userBudget(id),
    queryFn: ({ signal }) => api.get<UserBudget>(apiPath('admin', 'users', id, 'budget'), undefined, signal),
  })

/** Sets a user's limit; `null` lets their plan set it again. */
export function useSaveUserBudget(id: string) {
  const client = useQueryClient()
  const path = apiPath('admin', 'users', id, 'budget')
  return useMutation({
    mutationFn: (body: SaveBudget | null) =>
      body === null ? api.delete<UserBudget>(path) : api.put<UserBudget>(path, body),
    onSuccess: (budget) => {
      client.setQueryData(keys.userBudget(id), budget)
      return client.invalidateQueries({ queryKey: keys.budgets() })
    },
  })
}
