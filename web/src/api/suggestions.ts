import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { invalidateFiles } from './files'
import { type Suggestions } from './generated/wire'
import { keys } from './keys'

/** Changes of the agent's that met what a person wrote: they wait to be made or left. */
export const suggestionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.suggestions(id),
    queryFn: ({ signal }) => api.get<Suggestions>(apiPath('projects', id, 'suggestions'), undefined, signal),
  })

const pathOf = (id: string, suggestion: string) => apiPath('projects', id, 'suggestions', suggestion)

export function useApplySuggestion(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (suggestion: string) => api.post<undefined>(`${pathOf(id, suggestion)}/apply`),
    onSettled: () => client.invalidateQueries({ queryKey: keys.suggestions(id) }),
    onSuccess: () => invalidateFiles(client, id),
  })
}

export function useLeaveSuggestion(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (suggestion: string) => api.delete<undefined>(pathOf(id, suggestion)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.suggestions(id) }),
  })
}
