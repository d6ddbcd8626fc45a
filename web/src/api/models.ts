import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import {
  type Key,
  type KeyList,
  type KeyTest,
  type ModelList,
  type SaveKey,
  type SaveModelChoice,
} from './generated/wire'
import { keys } from './keys'

export const modelsQuery = () =>
  queryOptions({
    queryKey: keys.models(),
    queryFn: ({ signal }) => api.get<ModelList>(apiPath('models'), undefined, signal),
    staleTime: 60_000,
  })

/** Looks again for servers on this machine and for models of connected providers. */
export function useRefreshModels() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<ModelList>(apiPath('models', 'refresh')),
    onSuccess: (list) => client.setQueryData(keys.models(), list),
  })
}

export function useChooseModel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SaveModelChoice) => api.put<ModelList | undefined>(apiPath('models', 'default'), body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.models() }),
  })
}

export const keysQuery = () =>
  queryOptions({
    queryKey: keys.apiKeys(),
    queryFn: ({ signal }) => api.get<KeyList>(apiPath('keys'), undefined, signal),
  })

export function useSaveKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ provider, ...body }: SaveKey & { provider: string }) =>
      api.put<Key>(apiPath('keys', provider), body),
    onSuccess: () => invalidateKeys(client),
  })
}

export function useDeleteKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (provider: string) => api.delete<undefined>(apiPath('keys', provider)),
    onSuccess: () => invalidateKeys(client),
  })
}

export function useTestKey() {
  return useMutation({
    mutationFn: (provider: string) => api.post<KeyTest>(apiPath('keys', provider, 'test')),
  })
}

function invalidateKeys(client: ReturnType<typeof useQueryClient>) {
  return Promise.all([
    client.invalidateQueries({ queryKey: keys.apiKeys() }),
    client.invalidateQueries({ queryKey: keys.models() }),
  ])
}
