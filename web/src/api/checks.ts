import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type CheckRun, type Findings, type SmokeChecks } from './generated/wire'
import { keys } from './keys'

/** The project's smoke checks and what became of each. */
export const checksQuery = (id: string) =>
  queryOptions({
    queryKey: keys.checks(id),
    queryFn: ({ signal }) => api.get<SmokeChecks>(apiPath('projects', id, 'checks'), undefined, signal),
  })

/** Opens the app in a browser of the server's and carries all checks out. */
export function useRunChecks(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<CheckRun>(apiPath('projects', id, 'checks', 'run')),
    // What it found stays to be read for as long as the panel is there.
    gcTime: Infinity,
    onSettled: () => client.invalidateQueries({ queryKey: keys.checks(id) }),
  })
}

/** Says that what a check misses was changed on purpose. */
export function useMeantChange(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (path: string) => api.post<undefined>(apiPath('projects', id, 'checks', 'meant'), { path }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.checks(id) }),
  })
}

/** What a look at the project's own code and packages found, as of a version. */
export const findingsQuery = (id: string, version: number | null) =>
  queryOptions({
    queryKey: keys.findings(id, version),
    queryFn: ({ signal }) => api.get<Findings>(apiPath('projects', id, 'findings'), undefined, signal),
    staleTime: 60_000,
  })
