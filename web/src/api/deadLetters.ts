import { infiniteQueryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type DeadLetter, type Page, type TurnStarted } from './generated/wire'
import { keys } from './keys'

/** Which failed turns a list shows. */
export interface DeadLetterFilter {
  /** Only those of one project. */
  project?: string
  /** Also those about which somebody has decided. */
  all?: boolean
}

/** Failed turns, the newest first, page by page. */
export const deadLettersQuery = (filter: DeadLetterFilter) =>
  infiniteQueryOptions({
    queryKey: keys.deadLetters(filter),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<DeadLetter>>(
        apiPath('dead-letters'),
        { project: filter.project, state: filter.all === true ? 'all' : 'open', cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

/** Tries the message of a failed turn again. */
export function useRetryDeadLetter() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (letter: DeadLetter) => api.post<TurnStarted>(apiPath('dead-letters', letter.id, 'retry')),
    onSuccess: (_turn, { project_id }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.messages(project_id) }),
        client.invalidateQueries({ queryKey: keys.project(project_id), exact: true }),
      ]),
    onSettled: () => listAgain(client),
  })
}

/** Leaves a failed turn as it is. */
export function useDiscardDeadLetter() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (letter: DeadLetter) => api.delete<undefined>(apiPath('dead-letters', letter.id)),
    onSettled: () => listAgain(client),
  })
}

/** Also after a refusal: somebody else may have decided. */
const listAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: keys.deadLetters() })
