import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowLeft, History } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { versionsQuery } from '@/api/versions'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { Spinner } from '@/ui/Spinner'
import { SplitPane } from '@/ui/SplitPane'

import { useWorkspace } from '../context'
import { type Pair } from './pair'
import { RestoreDialog } from './RestoreDialog'
import { useRestore } from './useRestore'
import { VersionRow } from './VersionRow'

const DiffPane = lazy(() => import('./DiffPane'))

/** What a version changed. */
const changesOf = (number: number): Pair => ({ from: number - 1, to: number })

/** Every version of the project, and what each changed. */
export function VersionsPane() {
  const { project, wide } = useWorkspace()
  const versions = useInfiniteQuery(versionsQuery(project.id))
  const restore = useRestore()
  const [asking, setAsking] = useState<number | null>(null)
  const [chosen, setChosen] = useState<Pair | null>(null)
  const items = versions.data?.pages.flatMap((page) => page.items) ?? []
  const newest = items[0]
  const shown = chosen ?? (wide && newest ? changesOf(newest.number) : null)
  const head = project.head_version

  const list = (
    <div className="min-h-0 flex-1 overflow-y-auto bg-canvas">
      {versions.isPending && <ListSkeleton />}
      {versions.isError && !versions.data && (
        <ErrorState
          title="The versions did not load"
          error={versions.error}
          safe="None of them is lost."
          retry={() => void versions.refetch()}
        />
      )}
      {versions.data && items.length === 0 && (
        <EmptyState icon={<History />} title="No versions yet">
          Each turn and each file that you save makes one. You can go back to any of them.
        </EmptyState>
      )}
      <ol aria-label="Versions, newest first" className="divide-y">
        {items.map((version) => (
          <VersionRow
            key={version.id}
            version={version}
            isHead={version.number === project.head_version}
            selected={version.number === shown?.to}
            restoring={restore.busy === version.number}
            onSelect={() => setChosen(changesOf(version.number))}
            onCompare={() => head !== null && setChosen({ from: version.number, to: head })}
            onRestore={() => setAsking(version.number)}
          />
        ))}
      </ol>
      {versions.hasNextPage && (
        <div className="flex justify-center p-3">
          <Button size="sm" busy={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
            {versions.isFetchingNextPage ? 'Loading older versions' : 'Show older versions'}
          </Button>
        </div>
      )}
    </div>
  )

  const diff = shown ? (
    <Suspense fallback={<Waiting />}>
      <DiffPane
        pair={shown}
        onPair={setChosen}
        versions={items}
        back={
          wide ? null : (
            <Button size="sm" variant="ghost" icon={<ArrowLeft />} onClick={() => setChosen(null)}>
              Versions
            </Button>
          )
        }
      />
    </Suspense>
  ) : (
    <Waiting />
  )

  return (
    <section aria-label="Versions" className="flex min-h-0 min-w-0 flex-1 bg-surface">
      <SplitPane
        id="versions"
        label="Width of the version list"
        initial={0.34}
        min={0.2}
        max={0.6}
        minPx={220}
        hide={wide ? undefined : shown ? 'first' : 'second'}
        first={list}
        second={diff}
      />
      {asking !== null && (
        <RestoreDialog
          number={asking}
          onClose={() => setAsking(null)}
          onRestore={(chat) => {
            setAsking(null)
            restore.to({ number: asking, chat, onMade: (made) => setChosen(changesOf(made)) })
          }}
        />
      )}
    </section>
  )
}

const Waiting = () => (
  <div className="grid flex-1 place-items-center">
    <Spinner>Comparing versions</Spinner>
  </div>
)

function ListSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4 p-4">
      <span role="status" className="sr-only">
        Loading the versions
      </span>
      {[1, 2, 3, 4].map((n) => (
        <div key={n} className="flex flex-col gap-2">
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-3 w-1/2" />
        </div>
      ))}
    </div>
  )
}
