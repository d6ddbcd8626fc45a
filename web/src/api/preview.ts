import { queryOptions } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type PreviewAddress, type PreviewReport } from './generated/wire'
import { keys } from './keys'

/** Where the app runs. Asking makes it ready, so the answer is kept for the visit. */
export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: keys.preview(id),
    queryFn: ({ signal }) => api.post<PreviewAddress>(apiPath('projects', id, 'sandbox'), undefined, signal),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })

/** An address for a page of its own: where it bears a ticket, one that nobody has used. */
export const freshAddress = (id: string) => api.post<PreviewAddress>(apiPath('projects', id, 'sandbox'))

/** Tells the server what the open preview saw, so that the agent can mend it. */
export function sendReports(id: string, items: PreviewReport[]): Promise<undefined> {
  return api.post<undefined>(apiPath('projects', id, 'sandbox', 'reports'), { items })
}
