import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { keepToken } from './csrf'
import {
  type ForgotPassword,
  type InviteInfo,
  type ResetPassword,
  type SessionInfo,
  type SignUp,
} from './generated/wire'
import { keys } from './keys'

/** What an invitation says. Its token is in the request's body, never in its address. */
export const inviteQuery = (token: string) =>
  queryOptions({
    queryKey: keys.invite(token),
    queryFn: ({ signal }) => api.post<InviteInfo>(apiPath('auth', 'invite'), { token }, signal),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })

export function useSignUp() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: SignUp) =>
      keepToken(await api.post<SessionInfo>(apiPath('auth', 'signup'), body)),
    onSuccess: (session) => client.setQueryData(keys.session(), session),
  })
}

export function useForgotPassword() {
  return useMutation({
    mutationFn: (body: ForgotPassword) => api.post<undefined>(apiPath('auth', 'forgot'), body),
  })
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: ResetPassword) => api.post<undefined>(apiPath('auth', 'reset'), body),
  })
}
