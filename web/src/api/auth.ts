import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { keepToken } from './csrf'
import { isCode } from './error'
import {
  type Account,
  type CodeWanted,
  type Instance,
  type Login,
  type PasswordChange,
  type Reauthentication,
  type SessionInfo,
  type SessionList,
  type SetupToken,
  type UpdateAccount,
} from './generated/wire'
import { keys } from './keys'
import { forget } from './session'

export const instanceQuery = () =>
  queryOptions({
    queryKey: keys.instance(),
    queryFn: ({ signal }) => api.get<Instance>(apiPath('instance'), undefined, signal),
    staleTime: Infinity,
  })

/** Who is signed in; `null` when nobody is. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: keys.session(),
    queryFn: async ({ client, signal }): Promise<SessionInfo | null> => {
      try {
        return keepToken(await api.get<SessionInfo>(apiPath('auth', 'session'), undefined, signal))
      } catch (error) {
        if (!isCode(error, 'unauthenticated')) throw error
        if (client.getQueryData<SessionInfo | null>(keys.session())) forget(client)
        return null
      }
    },
    staleTime: 5 * 60_000,
  })

export const sessionsQuery = () =>
  queryOptions({
    queryKey: keys.sessions(),
    queryFn: ({ signal }) => api.get<SessionList>(apiPath('auth', 'sessions'), undefined, signal),
  })

/** Redeems the printed link. */
export function useSetup() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: SetupToken) =>
      keepToken(await api.post<SessionInfo>(apiPath('auth', 'setup'), body)),
    onSuccess: (session) => {
      client.setQueryData(keys.session(), session)
      return client.invalidateQueries({ queryKey: keys.instance() })
    },
  })
}

/** Whether a sign-in is not done yet: a code of the second factor must follow. */
export function isCodeWanted(answer: SessionInfo | CodeWanted): answer is CodeWanted {
  return 'code_wanted_until' in answer
}

export function useLogin() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: Login) => {
      const answer = await api.post<SessionInfo | CodeWanted>(apiPath('auth', 'login'), body)
      return isCodeWanted(answer) ? answer : keepToken(answer)
    },
    onSuccess: (answer) => {
      if (!isCodeWanted(answer)) client.setQueryData(keys.session(), answer)
    },
  })
}

export function useLogout() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<undefined>(apiPath('auth', 'logout')),
    onSuccess: () => forget(client),
  })
}

/**
 * The way out of a session that the server cannot read: removes its cookie, whatever it holds. The page then
 * asks to sign in, once, instead of asking the server again and again.
 */
export function useClearSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<undefined>(apiPath('auth', 'clear-session')),
    onSuccess: () => forget(client),
  })
}

export function useChangePassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: PasswordChange) => api.post<undefined>(apiPath('auth', 'password'), body),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.session() }),
        client.invalidateQueries({ queryKey: keys.sessions() }),
        client.invalidateQueries({ queryKey: keys.apiTokens() }),
      ]),
  })
}

/** Shows once more who it is: what needs that is allowed for 15 minutes then. */
export function useReauthenticate() {
  return useMutation({
    mutationFn: (body: Reauthentication) => api.post<undefined>(apiPath('auth', 'reauthenticate'), body),
  })
}

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete<undefined>(apiPath('auth', 'sessions', id)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sessions() }),
  })
}

export function useUpdateAccount() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: UpdateAccount) => api.patch<Account>(apiPath('account'), body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.session() }),
  })
}
