import { queryOptions } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type UsageReport } from './generated/wire'
import { keys } from './keys'

export const usageQuery = (days: number) =>
  queryOptions({
    queryKey: keys.usage(days),
    queryFn: ({ signal }) => api.get<UsageReport>(apiPath('usage'), { days }, signal),
  })
