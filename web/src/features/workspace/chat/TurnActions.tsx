import { CircleAlert, History, PlugZap, RotateCcw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { type ErrorCode } from '@/api/generated/wire'
import { useRetryGeneration } from '@/api/generations'
import { paths } from '@/components/paths'
import { isActive } from '@/stream/summary'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { RestoreDialog } from '../versions/RestoreDialog'
import { useRestore } from '../versions/useRestore'
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
  const restore = useRestore()
  const [asking, setAsking] = useState(false)
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
          busy={restore.busy !== null}
          onClick={() => restore.before(version)}
        >
          Undo this turn
        </Button>
      )}
      {version !== null && !isHead && (
        <Button
          size="sm"
          variant="ghost"
          icon={<History />}
          busy={restore.busy !== null}
          className="transition-opacity pointer-fine:opacity-0 pointer-fine:group-hover/turn:opacity-100 pointer-fine:focus-visible:opacity-100"
          onClick={() => setAsking(true)}
        >
          Back to version {version}
        </Button>
      )}
      {asking && version !== null && (
        <RestoreDialog
          number={version}
          onClose={() => setAsking(false)}
          onRestore={(chat) => {
            setAsking(false)
            restore.to({ number: version, chat })
          }}
        />
      )}
    </div>
  )
}
