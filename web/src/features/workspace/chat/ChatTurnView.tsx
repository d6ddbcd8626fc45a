import { useQueryClient } from '@tanstack/react-query'
import { PlugZap, RotateCcw, Undo2, WifiOff } from 'lucide-react'
import { memo } from 'react'
import { Link } from 'react-router'

import { useRetryGeneration } from '@/api/generations'
import { keys } from '@/api/keys'
import { useRestoreVersion } from '@/api/versions'
import { paths } from '@/components/paths'
import { useGeneration, type LiveTurn } from '@/stream/useGeneration'
import { isActive, turnFromGeneration } from '@/stream/summary'
import { type TurnState } from '@/stream/state'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { TurnCard } from '../turn/TurnCard'
import { Markdown } from './Markdown'
import { type ChatTurn } from './turns'

const MODES = { build: null, ask: 'Ask', plan: 'Plan' } as const

/** What a person said, what the agent did and what it answered. */
export const ChatTurnView = memo(function ChatTurnView({ turn, last }: { turn: ChatTurn; last: boolean }) {
  const { liveId } = useWorkspace()
  const { user, generation } = turn
  const live = useGeneration(generation !== null && generation.id === liveId ? liveId : null)
  // While it runs, and until the list has caught up, the stream knows best.
  const followed = live !== null && live.turn.seq > 0 ? live : null
  const state = followed?.turn ?? (generation ? turnFromGeneration(generation) : null)
  const answer = turn.answers.map((m) => m.text).join('\n\n') || (followed?.turn.text ?? '')

  return (
    <div className="flex flex-col gap-3">
      {user && (
        <div className="flex flex-col items-end gap-1 pl-8">
          {user.images.length > 0 && (
            <div className="flex flex-wrap justify-end gap-2">
              {user.images.map((src, i) => (
                <img
                  key={src}
                  src={src}
                  alt={`Attachment ${i + 1}`}
                  className="max-h-40 rounded-card border"
                />
              ))}
            </div>
          )}
          <div className="max-w-full rounded-card bg-hover px-3 py-2">
            <Markdown text={user.text} />
          </div>
          <div className="flex items-center gap-2 text-xs text-ink-faint">
            {MODES[user.mode] && <Badge>{MODES[user.mode]}</Badge>}
            <RelativeTime at={user.created_at} />
          </div>
        </div>
      )}
      {answer !== '' && <Markdown text={answer} />}
      {followed && <StreamNote live={followed} />}
      {state && generation && <TurnCard turn={state} generation={generation.summary ? generation : null} />}
      {state && generation && <TurnActions id={generation.id} state={state} last={last} />}
    </div>
  )
})

/** Says when the stream itself has trouble; silent otherwise. */
function StreamNote({ live }: { live: LiveTurn }) {
  const { phase, failures, problem, parseErrors } = live.stream
  if (phase === 'refused') return <p className="text-sm text-danger">{problem}</p>
  if (failures === 0 && parseErrors === 0) return null
  return (
    <p className="flex items-center gap-2 text-sm text-warn">
      <WifiOff aria-hidden className="size-4 shrink-0" />
      {failures > 0
        ? 'The connection was lost. The agent goes on; this page catches up by itself.'
        : `${parseErrors} messages from the server could not be read. Reload the page if something seems missing.`}
    </p>
  )
}

function TurnActions({ id, state, last }: { id: string; state: TurnState; last: boolean }) {
  const { project, canEdit } = useWorkspace()
  const client = useQueryClient()
  const retry = useRetryGeneration(project.id)
  const restore = useRestoreVersion(project.id)
  const { follow } = useWorkspace()
  if (!canEdit) return null

  if (isActive(state.status)) return null
  const before = state.version !== null && state.version > 1 ? state.version - 1 : null
  const canUndo = last && before !== null && project.head_version === state.version
  const canRetry =
    last && (state.status === 'failed' ? state.error?.retryable !== false : state.status === 'cancelled')
  const needsModel =
    state.error !== null && ['needs_model', 'provider_auth', 'provider_quota'].includes(state.error.code)
  if (!canUndo && !canRetry && !needsModel) return null
  return (
    <div className="-mt-1 flex flex-wrap gap-1">
      {needsModel && (
        <Button asChild size="sm" variant="primary">
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
      {canUndo && (
        <Button
          size="sm"
          variant="ghost"
          icon={<Undo2 />}
          busy={restore.isPending}
          onClick={() =>
            restore.mutate(before, {
              onSuccess: (version) => {
                void client.invalidateQueries({ queryKey: keys.project(project.id), exact: true })
                notify(`Undone: version ${version.number} has the files of version ${before}`, {
                  label: 'Redo',
                  run: () => state.version !== null && restore.mutate(state.version),
                })
              },
              onError: (error) => notifyError('The turn was not undone', error),
            })
          }
        >
          Undo this turn
        </Button>
      )}
    </div>
  )
}
