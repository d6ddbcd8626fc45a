import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type PriceList, type SavePrice } from './generated/wire'
import { keys } from './keys'

/** The prices that are set. Administrators. */
export const pricesQuery = () =>
  queryOptions({
    queryKey: keys.prices(),
    queryFn: ({ signal }) => api.get<PriceList>(apiPath('admin', 'prices'), undefined, signal),
  })

export function useSetPrice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (price: SavePrice) => api.put<PriceList>(apiPath('admin', 'prices'), price),
    onSuccess: () => invalidate(client),
  })
}

export function useRemovePrice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (model: string) => api.delete<undefined>(apiPath('admin', 'prices'), { model }),
    onSuccess: () => invalidate(client),
  })
}

const invalidate = (client: QueryClient) =>
  Promise.all([
    client.invalidateQueries({ queryKey: keys.prices() }),
    client.invalidateQueries({ queryKey: keys.models() }),
  ])
