import { queryOptions } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type StarterList } from './generated/wire'
import { keys } from './keys'

export const startersQuery = () =>
  queryOptions({
    queryKey: keys.starters(),
    queryFn: ({ signal }) => api.get<StarterList>(apiPath('starters'), undefined, signal),
    staleTime: Infinity,
  })
