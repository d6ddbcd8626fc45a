import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type AnswerPermission, type Generation, type TurnStarted } from './generated/wire'
import { keys } from './keys'

export const generationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.generation(id),
    queryFn: ({ signal }) => api.get<Generation>(apiPath('generations', id), undefined, signal),
  })

/** Where a generation's event log is read. */
export const eventsUrl = (id: string): string => apiPath('generations', id, 'events')

export function useCancelGeneration() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.post<Generation | undefined>(apiPath('generations', id, 'cancel')),
    onSuccess: (_answer, id) => client.invalidateQueries({ queryKey: keys.generation(id) }),
  })
}

const STOP_MS = 15_000
const LOOK_MS = 400

/** Stops a turn and waits until it has stopped: until then its project is busy. */
export async function stopGeneration(id: string): Promise<void> {
  const until = Date.now() + STOP_MS
  let at = await api.get<Generation>(apiPath('generations', id))
  if (at.finished_at === null) await api.post(apiPath('generations', id, 'cancel'))
  while (at.finished_at === null && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    at = await api.get<Generation>(apiPath('generations', id))
  }
}

/** Says whether the turn may run what it asks about. That it was answered is told by its events. */
export const useAnswerPermission = (id: string) =>
  useMutation({
    mutationFn: (body: AnswerPermission) =>
      api.post<undefined>(apiPath('generations', id, 'permission'), body),
  })

/** Asks the same again: a new generation for the same message. */
export function useRetryGeneration(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.post<TurnStarted>(apiPath('generations', id, 'retry')),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.messages(projectId) }),
        client.invalidateQueries({ queryKey: keys.project(projectId), exact: true }),
        client.invalidateQueries({ queryKey: keys.deadLetters() }),
      ]),
  })
}
