import { ArrowRight } from 'lucide-react'
import { Link } from 'react-router'

import { type Project } from '@/api/generated/wire'
import { paths } from '@/components/paths'
import { PROJECT_TYPES } from '@/components/projectTypes'
import { BuildBadge } from '@/components/VerifiedBadge'
import { RelativeTime } from '@/ui/RelativeTime'

const SHOWN = 4

/** The projects that were worked on last. */
export function RecentProjects({ projects }: { projects: readonly Project[] }) {
  return (
    <section aria-labelledby="recent" className="mb-12">
      <div className="mb-4 flex items-baseline justify-between gap-3">
        <h2 id="recent" className="text-md font-semibold">
          Recent projects
        </h2>
        <Link
          to={paths.projects()}
          className="flex items-center gap-1 rounded-sm text-base font-medium text-ink-muted hover:text-ink"
        >
          All projects
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      </div>
      <ul className="grid grid-cols-1 gap-3 min-[30rem]:grid-cols-2 lg:grid-cols-4">
        {projects.slice(0, SHOWN).map((project) => {
          const { label, icon: Icon } = PROJECT_TYPES[project.project_type]
          return (
            <li key={project.id} className="min-w-0">
              <Link
                to={paths.project(project.id)}
                className="flex h-full flex-col rounded-card border bg-surface p-3.5 transition-colors hover:border-line-strong hover:bg-hover"
              >
                <span className="flex min-w-0 items-center gap-2 text-md font-medium">
                  <Icon role="img" aria-label={label} className="size-4 shrink-0 text-ink-muted" />
                  <span className="min-w-0 truncate" title={project.name}>
                    {project.name}
                  </span>
                </span>
                <span className="mt-2 flex min-h-5 items-center justify-between gap-2 text-sm text-ink-muted">
                  <RelativeTime at={project.updated_at} className="truncate" />
                  <BuildBadge status={project.build_status} />
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
