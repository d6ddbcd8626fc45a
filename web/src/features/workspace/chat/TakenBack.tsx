import { RotateCcw, Undo2 } from 'lucide-react'
import { useState } from 'react'

import { type Message } from '@/api/generated/wire'
import { useRetryGeneration } from '@/api/generations'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { plural } from '@/ui/format'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { AnotherModel } from './AnotherModel'

interface TakenBackProps {
  generationId: string
  user: Message | null
  turn: TurnState
  last: boolean
}

/** Why the files are as before, and how to try once more. */
export function TakenBack({ generationId, user, turn, last }: TakenBackProps) {
  const { project, canEdit, follow } = useWorkspace()
  const retry = useRetryGeneration(project.id)
  const [choosing, setChoosing] = useState(false)
  const { reason, paths } = turn.rolledBack ?? { reason: '', paths: [] }
  return (
    <section
      aria-label="Taken back"
      className="flex flex-col gap-2 rounded-card border bg-warn-soft px-3 py-2.5 text-sm"
    >
      <div className="flex items-start gap-2">
        <Undo2 aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <div className="min-w-0">
          <p className="font-medium">The changes were taken back</p>
          <p className="wrap-anywhere">{reason}</p>
          {paths.length > 0 && (
            <p className="text-ink-muted" title={paths.join('\n')}>
              {plural(paths.length, 'file is', 'files are')} as before.
            </p>
          )}
        </div>
      </div>
      {last && canEdit && (
        <div className="flex flex-wrap gap-1.5">
          <Button
            size="sm"
            icon={<RotateCcw />}
            busy={retry.isPending}
            onClick={() =>
              retry.mutate(generationId, {
                onSuccess: ({ generation }) => follow(generation.id),
                onError: (error) => notifyError('The turn was not started again', error),
              })
            }
          >
            Try again
          </Button>
          {user && (
            <Button size="sm" onClick={() => setChoosing(true)}>
              Try with another model
            </Button>
          )}
        </div>
      )}
      {user && <AnotherModel open={choosing} onOpenChange={setChoosing} user={user} turn={turn} />}
    </section>
  )
}
