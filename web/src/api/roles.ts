import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type Roles } from './generated/wire'
import { keys } from './keys'

/** Who plans, reviews and tests in one's own turns. */
export const rolesQuery = () =>
  queryOptions({
    queryKey: keys.roles(),
    queryFn: ({ signal }) => api.get<Roles>(apiPath('roles'), undefined, signal),
    staleTime: 60_000,
  })

export function useSaveRoles() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Roles) => api.put<Roles | undefined>(apiPath('roles'), body),
    onSuccess: (_answer, body) => client.setQueryData(keys.roles(), body),
    // What of it the server took is asked again.
    onSettled: () => client.invalidateQueries({ queryKey: keys.roles() }),
  })
}
