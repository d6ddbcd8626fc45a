import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { invalidateFiles } from './files'
import {
  type Page,
  type RestoreVersion,
  type Version,
  type VersionDiff,
  type VersionFiles,
} from './generated/wire'
import { keys } from './keys'

export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.versions(id),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Version>>(apiPath('projects', id, 'versions'), { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...keys.versions(id), number],
    queryFn: ({ signal }) =>
      api.get<VersionFiles>(apiPath('projects', id, 'versions', number), undefined, signal),
    staleTime: Infinity,
  })

/** Versions never change, so neither does what lies between two of them. */
export const diffQuery = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: keys.diff(id, from, to),
    queryFn: ({ signal }) =>
      api.get<VersionDiff>(apiPath('projects', id, 'versions', from, 'diff', to), undefined, signal),
    staleTime: Infinity,
  })

export function useRenameVersion(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ number, title }: { number: number; title: string }) =>
      api.patch<Version>(apiPath('projects', id, 'versions', number), { title }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.versions(id) }),
  })
}

/** What goes back to a version: its files, and with `chat` the conversation too. */
export type Restore = RestoreVersion & { number: number }

/** Makes a new version with an older one's files. */
export function useRestoreVersion(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ number, chat = false }: Restore) => restoreVersion(id, number, chat),
    onSuccess: () =>
      Promise.all([invalidateFiles(client, id), client.invalidateQueries({ queryKey: keys.messages(id) })]),
  })
}

/** The same call where no hook is at hand. */
export const restoreVersion = (id: string, number: number, chat: boolean) =>
  api.post<Version>(apiPath('projects', id, 'versions', number, 'restore'), { chat } satisfies RestoreVersion)
