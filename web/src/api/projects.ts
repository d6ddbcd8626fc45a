import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import {
  type CreateProject,
  type Page,
  type Project,
  type ProjectCreated,
  type UpdateProject,
} from './generated/wire'
import { keys } from './keys'

const PAGE = 30

/** The person's projects, newest change first, page by page. */
export const projectsQuery = (q = '') =>
  infiniteQueryOptions({
    queryKey: keys.projects(q),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Project>>(apiPath('projects'), { q, cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: keys.project(id),
    queryFn: ({ signal }) => api.get<Project>(apiPath('projects', id), undefined, signal),
  })

export function useCreateProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateProject) => api.post<ProjectCreated>(apiPath('projects'), body),
    onSuccess: ({ project }) => {
      client.setQueryData(keys.project(project.id), project)
      void client.invalidateQueries({ queryKey: keys.projects() })
    },
  })
}

export function useUpdateProject(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: UpdateProject) => api.patch<Project>(apiPath('projects', id), body),
    onSuccess: (project) => {
      client.setQueryData(keys.project(id), project)
      void client.invalidateQueries({ queryKey: keys.projects() })
    },
  })
}

export function useDeleteProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete<undefined>(apiPath('projects', id)),
    onSuccess: (_nothing, id) => {
      client.removeQueries({ queryKey: keys.project(id) })
      void client.invalidateQueries({ queryKey: keys.projects() })
    },
  })
}

/** Where the whole project downloads from. */
export const exportUrl = (id: string): string => apiPath('projects', id, 'export.zip')
