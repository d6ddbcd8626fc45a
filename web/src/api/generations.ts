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
