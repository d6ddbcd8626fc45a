import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type ChangeQueued, type MessageQueue, type QueuedMessage, type StartTurn } from './generated/wire'
import { keys } from './keys'

/** Messages that wait for the running turn to end, the next one first. */
export const queueQuery = (id: string) =>
  queryOptions({
    queryKey: keys.queue(id),
    queryFn: ({ signal }) => api.get<MessageQueue>(apiPath('projects', id, 'queue'), undefined, signal),
  })

/** Puts a message at the end of the queue. */
export function useEnqueue(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: StartTurn) => api.post<QueuedMessage>(apiPath('projects', id, 'queue'), body),
    onSettled: () => client.invalidateQueries({ queryKey: keys.queue(id) }),
  })
}

/** A queue with one message changed or moved: what the server will answer. */
export function changed(items: readonly QueuedMessage[], id: string, change: ChangeQueued): QueuedMessage[] {
  const at = items.findIndex((item) => item.id === id)
  const item = items[at]
  if (!item) return [...items]
  const rest = items.toSpliced(at, 1)
  const to = change.position === undefined ? at : Math.min(Math.max(change.position - 1, 0), rest.length)
  return rest
    .toSpliced(to, 0, { ...item, text: change.text ?? item.text, held: null })
    .map((each, i) => ({ ...each, position: i + 1 }))
}

/** Changes a waiting message's words or place. One that was held is tried again. */
export function useChangeQueued(id: string) {
  const client = useQueryClient()
  const key = keys.queue(id)
  return useMutation({
    mutationFn: ({ message, ...body }: ChangeQueued & { message: string }) =>
      api.patch<undefined>(apiPath('projects', id, 'queue', message), body),
    // Whoever moves one twice sees where it stands at once.
    onMutate: async ({ message, ...change }) => {
      await client.cancelQueries({ queryKey: key })
      const before = client.getQueryData<MessageQueue>(key)
      if (before)
        client.setQueryData<MessageQueue>(key, { ...before, items: changed(before.items, message, change) })
      return { before }
    },
    onError: (_error, _change, context) => {
      if (context?.before) client.setQueryData(key, context.before)
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
}

/** Takes a message out of the queue. */
export function useRemoveQueued(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (message: string) => api.delete<undefined>(apiPath('projects', id, 'queue', message)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.queue(id) }),
  })
}
