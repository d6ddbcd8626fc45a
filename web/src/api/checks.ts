import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { invalidateFiles } from './files'

/** Says that what a check misses was changed on purpose: the check is removed. */
export function useMeantChange(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (path: string) => api.post<undefined>(apiPath('projects', id, 'checks', 'meant'), { path }),
    onSettled: () => invalidateFiles(client, id),
  })
}
