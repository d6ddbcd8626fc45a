import { useInfiniteQuery } from '@tanstack/react-query'
import { FolderPlus, Plus, SearchX } from 'lucide-react'
import { useDeferredValue, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'

import { type Project } from '@/api/generated/wire'
import { projectsQuery } from '@/api/projects'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { ShowMore } from '@/ui/ShowMore'
import { usePageTitle } from '@/ui/usePageTitle'

import { DeleteProjectDialog } from './DeleteProjectDialog'
import { ProjectsSkeleton, ProjectsTable } from './ProjectsTable'
import { SearchField } from './SearchField'

/** Every project, newest change first. */
export function ProjectsPage() {
  usePageTitle('Projects')
  const [search, setSearch] = useSearchParams()
  const q = search.get('q') ?? ''
  const wanted = useDeferredValue(q.trim())
  const projects = useInfiniteQuery({ ...projectsQuery(wanted), placeholderData: (before) => before })
  const [deleting, setDeleting] = useState<Project | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const rows = projects.data?.pages.flatMap((page) => page.items) ?? []

  const setQ = (next: string) => setSearch(next === '' ? {} : { q: next }, { replace: true })
  const nothingYet = projects.isSuccess && rows.length === 0 && wanted === ''

  return (
    <div className="mx-auto flex w-full max-w-6xl flex-1 flex-col px-4 py-8 md:px-6">
      <div className="mb-6 flex flex-wrap items-center gap-3">
        <h1 ref={heading} tabIndex={-1} className="mr-auto text-lg font-semibold outline-none">
          Projects
        </h1>
        {!nothingYet && (
          <>
            <SearchField value={q} onChange={setQ} busy={projects.isFetching && projects.isPlaceholderData} />
            <Button asChild variant="primary">
              <Link to={paths.home()}>
                <Plus aria-hidden />
                New project
              </Link>
            </Button>
          </>
        )}
      </div>
      {projects.isPending ? (
        <ProjectsSkeleton />
      ) : projects.data === undefined ? (
        <ErrorState
          title="The projects did not load"
          error={projects.error}
          safe="They are safe on the server."
          retry={() => void projects.refetch()}
        />
      ) : nothingYet ? (
        <EmptyState
          icon={<FolderPlus />}
          title="Your projects will be here"
          className="my-auto"
          action={
            <Button asChild variant="primary">
              <Link to={paths.home()}>Build the first one</Link>
            </Button>
          }
        >
          Describe an app or start from a working one. Every version of it is kept.
        </EmptyState>
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<SearchX />}
          title={`No project is called “${wanted}”`}
          className="my-auto"
          action={<Button onClick={() => setQ('')}>Clear the search</Button>}
        >
          The search looks at the names of projects.
        </EmptyState>
      ) : (
        <>
          <ProjectsTable projects={rows} onDelete={setDeleting} />
          <ShowMore list={projects} className="mt-4" />
        </>
      )}
      <p role="status" className="sr-only">
        {wanted !== '' && projects.isSuccess && !projects.isPlaceholderData
          ? `${rows.length}${projects.hasNextPage ? ' or more' : ''} found`
          : ''}
      </p>
      <DeleteProjectDialog
        project={deleting}
        onClose={() => setDeleting(null)}
        onDeleted={() => heading.current?.focus()}
      />
    </div>
  )
}
