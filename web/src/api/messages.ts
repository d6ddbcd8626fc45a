import {
  infiniteQueryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query'

import { api, apiPath } from './client'
import { invalidateFiles } from './files'
import { type Message, type Page, type StartTurn, type TurnStarted } from './generated/wire'
import { keys } from './keys'

/** The chat: the newest page first, each page oldest to newest. */
export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Message>>(apiPath('projects', id, 'messages'), { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

/** All loaded messages, oldest first. */
export function inOrder(data: InfiniteData<Page<Message>>): Message[] {
  return [...data.pages].reverse().flatMap((page) => page.items)
}

/** Puts a message that the server has just taken at the end of the chat. */
export function appendMessage(client: QueryClient, projectId: string, message: Message) {
  client.setQueryData<InfiniteData<Page<Message>, string | undefined>>(keys.messages(projectId), (data) => {
    const [newest, ...older] = data?.pages ?? []
    if (!data || !newest || newest.items.some((m) => m.id === message.id)) return data
    return { ...data, pages: [{ ...newest, items: [...newest.items, message] }, ...older] }
  })
}

export function useStartTurn(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: StartTurn) => api.post<TurnStarted>(apiPath('projects', id, 'turns'), body),
    onSuccess: ({ message, generation }) => {
      client.setQueryData(keys.generation(generation.id), generation)
      appendMessage(client, id, message)
      void client.invalidateQueries({ queryKey: keys.project(id), exact: true })
    },
  })
}

/** Says something in the place of an earlier message: files and chat go back to before it. */
export function useEditMessage(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ messageId, ...body }: StartTurn & { messageId: string }) =>
      api.post<TurnStarted>(apiPath('projects', id, 'messages', messageId, 'edit'), body),
    onSuccess: ({ generation }) => {
      client.setQueryData(keys.generation(generation.id), generation)
      return Promise.all([
        invalidateFiles(client, id),
        client.invalidateQueries({ queryKey: keys.messages(id) }),
      ])
    },
  })
}
