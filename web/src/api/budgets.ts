import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { useSettled } from '@/ui/useSettled'

import { api, apiPath } from './client'
import {
  type AskEstimate,
  type Budgets,
  type Estimate,
  type ProjectBudget,
  type SaveBudget,
} from './generated/wire'
import { keys } from './keys'

/** Words that stand still for so long are worth an estimate. */
const STILL_MS = 400

export const budgetsQuery = () =>
  queryOptions({
    queryKey: keys.budgets(),
    queryFn: ({ signal }) => api.get<Budgets>(apiPath('budgets'), undefined, signal),
  })

export function useSaveBudget() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SaveBudget) => api.put<Budgets>(apiPath('budgets'), body),
    onSuccess: (budgets) => client.setQueryData(keys.budgets(), budgets),
  })
}

export const projectBudgetQuery = (id: string) =>
  queryOptions({
    queryKey: keys.projectBudget(id),
    queryFn: ({ signal }) => api.get<ProjectBudget>(apiPath('projects', id, 'budget'), undefined, signal),
  })

export function useSaveProjectBudget(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SaveBudget) => api.put<ProjectBudget>(apiPath('projects', id, 'budget'), body),
    onSuccess: (budget) => client.setQueryData(keys.projectBudget(id), budget),
  })
}

/**
 * What a message would cost, asked when its words have stood still for a moment; a newer question ends an older one.
 * `null` while nothing is written or known. `project` is `null` for a new one.
 */
export function useEstimate(project: string | null, ask: AskEstimate): Estimate | null {
  const asked = useSettled(JSON.stringify(ask), STILL_MS)
  const path = project === null ? apiPath('estimate') : apiPath('projects', project, 'estimate')
  const written = ask.message.trim() !== ''
  const { data } = useQuery({
    queryKey: keys.estimate(project, asked),
    queryFn: ({ signal }) => api.post<Estimate>(path, JSON.parse(asked), signal),
    enabled: written && (JSON.parse(asked) as AskEstimate).message.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 20_000,
    gcTime: 60_000,
  })
  return written ? (data ?? null) : null
}
