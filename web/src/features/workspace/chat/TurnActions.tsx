import { CircleAlert, History, PlugZap, RotateCcw, Undo2 } from 'lucide-react'
import { Link } from 'react-router'

import { type ErrorCode } from '@/api/generated/wire'
import { useRetryGeneration } from '@/api/generations'
import { useRestoreVersion } from '@/api/versions'
import { paths } from '@/components/paths'
import { isActive } from '@/stream/summary'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { type Offer } from './offers'

const WANTS_MODEL: readonly ErrorCode[] = ['needs_model', 'provider_auth', 'provider_quota']

interface TurnActionsProps {
  /** The generation's id. */
  id: string
  state: TurnState
  last: boolean
  /** What is offered above: it is not offered here, too. */
  offer: Offer | null
}

/** What can be done about a finished turn, where it is read. */
export function TurnActions({ id, state, last, offer }: TurnActionsProps) {
  const { project, canEdit, follow } = useWorkspace()
  const retry = useRetryGeneration(project.id)
  const restore = useRestoreVersion(project.id)
  if (!canEdit || isActive(state.status)) return null

  const { version } = state
  const isHead = version !== null && version === project.head_version
  const canRetry =
    last &&
    offer !== 'taken_back' &&
    (state.status === 'failed' ? state.error?.retryable !== false : state.status === 'cancelled')
  // The starters answer what they can; what they cannot changes nothing.
  const startersGaveUp = last && state.status === 'done' && state.model === null && version === null
  const wantsModel = startersGaveUp || (state.error !== null && WANTS_MODEL.includes(state.error.code))

  const restoreTo = (number: number, said: (made: number) => string, back: number | null) =>
    restore.mutate(number, {
      onSuccess: (made) =>
        notify(said(made.number), {
          label: 'Undo',
          run: () =>
            back !== null &&
            restore.mutate(back, { onError: (error) => notifyError('It was not undone', error) }),
        }),
      onError: (error) => notifyError('Nothing was restored. Your files are as before.', error),
    })

  // Failed turns are their project's owner's to decide about.
  const listed = state.status === 'failed' && project.role === 'owner'

  if (!wantsModel && !canRetry && !listed && version === null) return null
  return (
    // What shows only under the pointer takes no room.
    <div
      className={cx(
        '-mt-1 flex flex-wrap gap-1',
        !wantsModel && !canRetry && !listed && !isHead && 'pointer-fine:-mb-7',
      )}
    >
      {wantsModel && (
        <Button asChild size="sm">
          <Link to={paths.settings('models')}>
            <PlugZap aria-hidden />
            Connect a model
          </Link>
        </Button>
      )}
      {canRetry && (
        <Button
          size="sm"
          icon={<RotateCcw />}
          busy={retry.isPending}
          onClick={() =>
            retry.mutate(id, {
              onSuccess: ({ generation }) => follow(generation.id),
              onError: (error) => notifyError('The turn was not started again', error),
            })
          }
        >
          Retry
        </Button>
      )}
      {listed && (
        <Button asChild size="sm" variant="ghost">
          <Link to={paths.failedTurns(project.id)}>
            <CircleAlert aria-hidden />
            Failed turns
          </Link>
        </Button>
      )}
      {isHead && version > 1 && offer !== 'keep_or_back' && (
        <Button
          size="sm"
          variant="ghost"
          icon={<Undo2 />}
          busy={restore.isPending}
          onClick={() =>
            restoreTo(
              version - 1,
              (made) => `Undone: version ${made} has the files of version ${version - 1}`,
              version,
            )
          }
        >
          Undo this turn
        </Button>
      )}
      {version !== null && !isHead && (
        <Button
          size="sm"
          variant="ghost"
          icon={<History />}
          busy={restore.isPending}
          className="transition-opacity pointer-fine:opacity-0 pointer-fine:group-hover/turn:opacity-100 pointer-fine:focus-visible:opacity-100"
          onClick={() =>
            restoreTo(
              version,
              (made) => `Version ${made} has the files of version ${version}`,
              project.head_version,
            )
          }
        >
          Back to version {version}
        </Button>
      )}
    </div>
  )
}
