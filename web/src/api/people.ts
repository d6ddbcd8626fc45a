import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import {
  type CreateInvite,
  type InviteCreated,
  type InviteList,
  type Page,
  type UpdateUser,
  type UserEntry,
} from './generated/wire'
import { keys } from './keys'

/** Everybody's accounts, the newest first, page by page. For administrators, as all here. */
export const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: keys.users(q),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<UserEntry>>(apiPath('admin', 'users'), { q, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export function useUpdateUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...update }: UpdateUser & { id: string }) =>
      api.patch<UserEntry>(apiPath('admin', 'users', id), update),
    onSettled: () => client.invalidateQueries({ queryKey: keys.users() }),
  })
}

export const invitesQuery = () =>
  queryOptions({
    queryKey: keys.invites(),
    queryFn: ({ signal }) => api.get<InviteList>(apiPath('admin', 'invites'), undefined, signal),
  })

/** Makes an invitation. Its token is in this answer only. */
export function useCreateInvite() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateInvite) => api.post<InviteCreated>(apiPath('admin', 'invites'), body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invites() }),
  })
}

export function useRevokeInvite() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete<undefined>(apiPath('admin', 'invites', id)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.invites() }),
  })
}
