import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'

import { sessionQuery } from '@/api/auth'
import { deadLettersQuery } from '@/api/deadLetters'
import { type DeadLetter } from '@/api/generated/wire'
import { projectQuery } from '@/api/projects'
import { PageHead, Panel } from '@/components/Panel'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { ShowMore } from '@/ui/ShowMore'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

import { DiscardDialog } from './DiscardDialog'
import { FailedTurnRow } from './FailedTurnRow'

/** Turns that failed for good, until somebody decides about them. */
export function FailedTurnsPage() {
  usePageTitle('Failed turns')
  const [params, setParams] = useSearchParams()
  const project = params.get('project') ?? undefined
  const all = params.get('state') === 'all'
  const letters = useInfiniteQuery(deadLettersQuery({ project, all }))
  const session = useQuery(sessionQuery())
  const [discarding, setDiscarding] = useState<DeadLetter | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const rows = letters.data?.pages.flatMap((page) => page.items) ?? []
  const account = session.data?.account

  const set = (name: string, value: string | null) =>
    setParams((old) => {
      const changed = new URLSearchParams(old)
      if (value === null) changed.delete(name)
      else changed.set(name, value)
      return changed
    })

  return (
    <>
      <PageHead
        title="Failed turns"
        lead={
          account?.is_admin === true
            ? 'What did not finish in any project of this server. Try it again, or leave it.'
            : 'What did not finish in your projects. Try it again, or leave it.'
        }
        action={
          <div role="group" aria-label="Which failed turns" className="flex rounded-control border p-0.5">
            <Choice chosen={!all} onChoose={() => set('state', null)}>
              Open
            </Choice>
            <Choice chosen={all} onChoose={() => set('state', 'all')}>
              All
            </Choice>
          </div>
        }
      />
      {project !== undefined && <OneProject id={project} onAll={() => set('project', null)} />}
      <div ref={list} tabIndex={-1} className="outline-none">
        {letters.isPending ? (
          <div aria-busy>
            <p className="sr-only">Loading the failed turns</p>
            <Skeleton className="mb-3 h-5 w-32" />
            <Skeleton className="h-64 rounded-card!" />
          </div>
        ) : letters.data === undefined ? (
          <ErrorState
            title="The failed turns did not load"
            error={letters.error}
            safe="They stay on the list."
            retry={() => void letters.refetch()}
          />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={<CircleCheck />}
            title={all ? 'No turn has failed yet' : 'Nothing waits for you'}
            action={
              <Button asChild>
                <Link to={paths.projects()}>Go to the projects</Link>
              </Button>
            }
          >
            A turn that cannot be finished is kept here with its reason, so that nothing you asked for is
            lost.
          </EmptyState>
        ) : (
          <>
            <Panel title={all ? 'All, the newest first' : 'Waiting for you'} flush>
              {rows.map((letter) => (
                <FailedTurnRow
                  key={letter.id}
                  letter={letter}
                  me={account?.id}
                  onDiscard={() => setDiscarding(letter)}
                  onGone={() => list.current?.focus()}
                />
              ))}
            </Panel>
            <ShowMore list={letters} className="-mt-4" />
          </>
        )}
      </div>
      {discarding && (
        <DiscardDialog
          letter={discarding}
          onClose={() => setDiscarding(null)}
          onDone={() => list.current?.focus()}
        />
      )}
    </>
  )
}

interface ChoiceProps {
  chosen: boolean
  onChoose: () => void
  children: string
}

function Choice({ chosen, onChoose, children }: ChoiceProps) {
  return (
    <Button
      size="sm"
      variant="ghost"
      aria-pressed={chosen}
      className={chosen ? 'bg-pressed text-ink' : undefined}
      onClick={onChoose}
    >
      {children}
    </Button>
  )
}

function OneProject({ id, onAll }: { id: string; onAll: () => void }) {
  const project = useQuery(projectQuery(id))
  return (
    <p className="-mt-2 mb-5 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-muted">
      <span className="min-w-0 truncate">
        Only of{' '}
        {project.data ? <span className="font-medium text-ink">{project.data.name}</span> : 'one project'}
      </span>
      <Button size="sm" variant="ghost" onClick={onAll}>
        Show those of all projects
      </Button>
    </p>
  )
}
