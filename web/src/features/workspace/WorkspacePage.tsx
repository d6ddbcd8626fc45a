import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'

import { projectQuery } from '@/api/projects'
import { usePageTitle } from '@/ui/usePageTitle'

export function WorkspacePage() {
  const { projectId = '' } = useParams()
  const project = useQuery(projectQuery(projectId))
  usePageTitle(project.data?.name)
  return <main>{project.data?.name}</main>
}
