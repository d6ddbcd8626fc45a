import { Check, TriangleAlert, Undo2 } from 'lucide-react'
import { useState } from 'react'

import { type Message } from '@/api/generated/wire'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'

import { AnotherModel } from './AnotherModel'
import { useRestore } from '../versions/useRestore'

interface KeepOrBackProps {
  user: Message | null
  turn: TurnState
  onKeep: () => void
}

/** What to do about a version that does not hold. */
export function KeepOrBack({ user, turn, onKeep }: KeepOrBackProps) {
  const restore = useRestore()
  const [choosing, setChoosing] = useState(false)
  const version = turn.version ?? 0
  return (
    <section
      aria-label={`Version ${version}: keep it or not`}
      className="flex flex-col gap-2 rounded-card border bg-warn-soft px-3 py-2.5 text-sm"
    >
      <div className="flex items-start gap-2">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <div className="min-w-0">
          <p className="font-medium">
            {turn.status === 'failed'
              ? 'It stopped half way, and some files are changed'
              : `Version ${version} did not pass every check`}
          </p>
          <p className="text-ink-muted">You can go on from here, or go back to before this turn.</p>
        </div>
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Button size="sm" icon={<Check />} onClick={onKeep}>
          Keep it
        </Button>
        {version > 1 && (
          <Button
            size="sm"
            icon={<Undo2 />}
            busy={restore.busy !== null}
            onClick={() => restore.before(version)}
          >
            Roll back
          </Button>
        )}
        {user && (
          <Button size="sm" variant="ghost" onClick={() => setChoosing(true)}>
            Try another model
          </Button>
        )}
      </div>
      {user && <AnotherModel open={choosing} onOpenChange={setChoosing} user={user} turn={turn} />}
    </section>
  )
}
