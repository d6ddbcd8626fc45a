import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { projectsQuery } from '@/api/projects'
import { paths } from '@/components/paths'
import { RelativeTime } from '@/ui/RelativeTime'
import { usePageTitle } from '@/ui/usePageTitle'

export function HomePage() {
  usePageTitle(undefined)
  const projects = useInfiniteQuery(projectsQuery())
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-12">
      <h1 className="text-xl font-semibold">What shall we build?</h1>
      <ul className="mt-6 divide-y">
        {projects.data?.pages
          .flatMap((page) => page.items)
          .map((project) => (
            <li key={project.id}>
              <Link to={paths.project(project.id)} className="flex justify-between py-3">
                {project.name}
                <RelativeTime at={project.updated_at} className="text-ink-muted" />
              </Link>
            </li>
          ))}
      </ul>
    </div>
  )
}
