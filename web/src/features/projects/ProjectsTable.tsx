import { type Project } from '@/api/generated/wire'
import { Skeleton } from '@/ui/Skeleton'

import { ProjectRow } from './ProjectRow'

interface ProjectsTableProps {
  projects: readonly Project[]
  onDelete: (project: Project) => void
}

const head = 'px-3 py-2 text-sm font-medium text-ink-muted'

/** One row a project; on a narrow screen the facts stand under the name. */
export function ProjectsTable({ projects, onDelete }: ProjectsTableProps) {
  return (
    <div className="rounded-card border bg-surface">
      <table className="w-full text-left md:table-fixed">
        <thead className="max-md:sr-only">
          <tr className="border-b">
            <th scope="col" className={head}>
              Name
            </th>
            <th scope="col" className={`${head} w-32`}>
              Status
            </th>
            <th scope="col" className={`${head} w-20 text-right`}>
              Version
            </th>
            <th scope="col" className={`${head} w-20 text-right max-lg:hidden`}>
              Files
            </th>
            <th scope="col" className={`${head} w-24 text-right max-lg:hidden`}>
              Size
            </th>
            <th scope="col" className={`${head} w-36 text-right`}>
              Updated
            </th>
            <th scope="col" className="w-14">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {projects.map((project) => (
            <ProjectRow key={project.id} project={project} onDelete={() => onDelete(project)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The shape of the list while it loads. */
export function ProjectsSkeleton() {
  return (
    <div aria-busy className="divide-y rounded-card border bg-surface">
      <p className="sr-only">Loading your projects</p>
      {Array.from({ length: 6 }, (_, i) => (
        <div key={i} className="flex h-15 items-center gap-4 px-3">
          <Skeleton className="size-8" />
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="ml-auto h-4 w-20" />
        </div>
      ))}
    </div>
  )
}
