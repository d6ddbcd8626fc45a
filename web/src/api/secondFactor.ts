import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { keepToken } from './csrf'
import {
  type NewSecondFactor,
  type RecoveryCodes,
  type SecondFactorCode,
  type SecondFactorState,
  type SessionInfo,
} from './generated/wire'
import { keys } from './keys'

const PATH = ['auth', 'second-factor'] as const

/** Whether a code is asked for at sign-in. */
export const secondFactorQuery = () =>
  queryOptions({
    queryKey: keys.secondFactor(),
    queryFn: ({ signal }) => api.get<SecondFactorState>(apiPath(...PATH), undefined, signal),
  })

/** The second step of a sign-in. */
export function useEnterCode() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: SecondFactorCode) =>
      keepToken(await api.post<SessionInfo>(apiPath('auth', 'login', 'code'), body)),
    onSuccess: (session) => client.setQueryData(keys.session(), session),
  })
}

/** Asks for a secret for an authenticator app. */
export function useOfferSecondFactor() {
  return useMutation({ mutationFn: () => api.post<NewSecondFactor>(apiPath(...PATH)) })
}

export function useConfirmSecondFactor() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SecondFactorCode) => api.post<RecoveryCodes>(apiPath(...PATH, 'confirm'), body),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.secondFactor() }),
        client.invalidateQueries({ queryKey: keys.sessions() }),
      ]),
  })
}

export function useRemoveSecondFactor() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete<undefined>(apiPath(...PATH)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secondFactor() }),
  })
}

export function useRenewRecoveryCodes() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<RecoveryCodes>(apiPath(...PATH, 'recovery-codes')),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secondFactor() }),
  })
}
