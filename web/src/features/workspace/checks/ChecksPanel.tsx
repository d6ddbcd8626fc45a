import { useQuery } from '@tanstack/react-query'
import { ListChecks, Play, Plus, Wrench } from 'lucide-react'
import { useState } from 'react'

import { checksQuery, useRunChecks } from '@/api/checks'
import { messageOf } from '@/api/error'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Notice } from '@/ui/Notice'
import { Spinner } from '@/ui/Spinner'

import { useFileActs } from '../code/useFileActs'
import { useWorkspace } from '../context'
import { DrawerActs } from '../output/slot'
import { CheckRow } from './CheckRow'
import { NewCheckDialog } from './NewCheckDialog'
import { RunResult } from './RunResult'
import { TestResults } from './TestResults'
import { useCheckActs } from './useCheckActs'
import { brokenPrompt, MOST_CHECKS, standingOf } from './words'

const GROWS =
  'When a turn goes well, the agent writes down what works as a few steps that a person could follow. Later turns must not break them.'

/** What the app is held to after every turn, and how that went. */
export default function ChecksPanel() {
  const { project, canEdit, compose, openFile } = useWorkspace()
  const checks = useQuery(checksQuery(project.id))
  const run = useRunChecks(project.id)
  const files = useFileActs(project.id)
  const acts = useCheckActs()
  const [making, setMaking] = useState(false)
  const items = checks.data?.items ?? []
  const noBrowser = checks.data?.browser ?? null
  const broken = items.flatMap((check) =>
    standingOf(check) === 'failed' && check.last !== null ? [check.last] : [],
  )

  return (
    <>
      {canEdit && (
        <DrawerActs>
          {broken.length > 0 && (
            <Button size="sm" icon={<Wrench />} onClick={() => compose(brokenPrompt(broken))}>
              Send to the agent
            </Button>
          )}
          <Button size="sm" variant="ghost" icon={<Plus />} onClick={() => setMaking(true)}>
            New check
          </Button>
          <Button
            size="sm"
            icon={<Play />}
            busy={run.isPending}
            disabled={checks.data === undefined || noBrowser !== null}
            onClick={() => run.mutate()}
          >
            {run.isPending ? 'Running' : 'Run now'}
          </Button>
        </DrawerActs>
      )}
      {/* It scrolls by the keyboard, too. */}
      <div
        role="region"
        aria-label="Checks"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        {checks.isPending && <Spinner className="p-3">Reading the checks</Spinner>}
        {checks.isError && !checks.data && (
          <ErrorState
            className="py-6!"
            title="The checks did not load"
            error={checks.error}
            safe="They are files of the project, and unchanged."
            retry={() => void checks.refetch()}
          />
        )}
        {checks.data && (
          <div className="flex flex-col gap-4 p-3">
            {noBrowser !== null && <Notice title="This server opens no browser">{noBrowser}</Notice>}
            {checks.data.left_out !== null && items.length > 0 && (
              <Notice title="Checks are left out">{checks.data.left_out}</Notice>
            )}
            {run.isPending && <Spinner>Opening the app and carrying the checks out</Spinner>}
            {run.isError && (
              <Notice tone="danger" title="The checks were not carried out">
                {messageOf(run.error)}
              </Notice>
            )}
            {run.isSuccess && <RunResult run={run.data} />}
            {items.length === 0 ? (
              <EmptyState className="py-4!" icon={<ListChecks />} title="No checks yet">
                {checks.data.left_out ?? GROWS}
              </EmptyState>
            ) : (
              <ul aria-label="Checks of the app" className="divide-y rounded-card border">
                {items.map((check) => (
                  <CheckRow
                    key={check.path}
                    check={check}
                    onRemove={() => void files.remove(check.path)}
                    onMeant={() => void acts.meant(check.path, check.name)}
                  />
                ))}
              </ul>
            )}
            {items.length > MOST_CHECKS && (
              <p className="text-sm text-ink-muted">
                Only the first {MOST_CHECKS} are carried out. Remove what matters least.
              </p>
            )}
            <TestResults />
          </div>
        )}
      </div>
      {making && (
        <NewCheckDialog
          taken={new Set(items.map((check) => check.path))}
          busy={acts.busy}
          onClose={() => setMaking(false)}
          onCreate={(path, name) =>
            void acts.create(path, name).then((done) => {
              if (!done) return
              setMaking(false)
              openFile(path)
            })
          }
        />
      )}
    </>
  )
}
