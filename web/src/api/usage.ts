import { queryOptions } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type UsageReport } from './generated/wire'
import { keys } from './keys'

/** Which calls a report is about: so many days, or from a day (UTC) until today. */
export interface UsageFilter {
  days?: number
  from?: string
  project?: string
  /** `provider/name`. */
  model?: string
  key?: string
}

const pathOf = (everybody: boolean): string => (everybody ? apiPath('admin', 'usage') : apiPath('usage'))

/** One's own usage; everybody's, for administrators. */
export const usageQuery = (filter: UsageFilter, everybody = false) =>
  queryOptions({
    queryKey: keys.usage({ ...filter, everybody }),
    queryFn: ({ signal }) => api.get<UsageReport>(pathOf(everybody), { ...filter }, signal),
  })

/** Where the same is as CSV, a row for each call. */
export function usageCsv(filter: UsageFilter, everybody: boolean): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value))
  return `${pathOf(everybody)}.csv?${query}`
}
