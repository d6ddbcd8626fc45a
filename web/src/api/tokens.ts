import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type ApiTokenCreated, type ApiTokenList, type CreateApiToken } from './generated/wire'
import { keys } from './keys'

export const tokensQuery = () =>
  queryOptions({
    queryKey: keys.apiTokens(),
    queryFn: ({ signal }) => api.get<ApiTokenList>(apiPath('tokens'), undefined, signal),
  })

/** Makes a token. It is in this answer only: whoever asks shows it and forgets it. */
export function useCreateToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateApiToken) => api.post<ApiTokenCreated>(apiPath('tokens'), body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiTokens() }),
  })
}

export function useRevokeToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete<undefined>(apiPath('tokens', id)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiTokens() }),
  })
}
