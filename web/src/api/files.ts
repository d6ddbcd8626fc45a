import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import {
  type AddPackage,
  type FileContent,
  type FileList,
  type FileSaved,
  type SaveFile,
} from './generated/wire'
import { keys } from './keys'

const filePath = (id: string, path: string) => apiPath('projects', id, 'files', ...path.split('/'))

export const filesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.files(id),
    queryFn: ({ signal }) => api.get<FileList>(apiPath('projects', id, 'files'), undefined, signal),
  })

export const fileQuery = (id: string, path: string) =>
  queryOptions({
    queryKey: keys.file(id, path),
    queryFn: ({ signal }) => api.get<FileContent>(filePath(id, path), undefined, signal),
  })

/** A file as it is now; past what is kept of it. */
export const readFile = (id: string, path: string, signal?: AbortSignal) =>
  api.get<FileContent>(filePath(id, path), undefined, signal)

/** What any change of a project's files makes stale. */
export function invalidateFiles(client: QueryClient, id: string) {
  return Promise.all([
    client.invalidateQueries({ queryKey: keys.files(id) }),
    client.invalidateQueries({ queryKey: keys.versions(id) }),
    client.invalidateQueries({ queryKey: keys.checks(id) }),
    // What waits to be made is told against the files as they are.
    client.invalidateQueries({ queryKey: keys.suggestions(id) }),
    client.invalidateQueries({ queryKey: keys.project(id), exact: true }),
  ])
}

export function useSaveFile(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ path, ...body }: SaveFile & { path: string }) =>
      api.put<FileSaved>(filePath(id, path), body),
    onSuccess: ({ file }, { path, text }) => {
      if (file) client.setQueryData(keys.file(id, path), { file, text } satisfies FileContent)
      return invalidateFiles(client, id)
    },
  })
}

export function useDeleteFile(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (path: string) => api.delete<FileSaved>(filePath(id, path)),
    onSuccess: () => invalidateFiles(client, id),
  })
}

/** Adds an npm package in its newest version to package.json. */
export function useAddPackage(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: AddPackage) => api.post<FileSaved>(apiPath('projects', id, 'packages'), body),
    onSuccess: () => invalidateFiles(client, id),
  })
}
