import { CircleAlert, CircleSlash, RotateCcw } from 'lucide-react'
import { Link, useNavigate } from 'react-router'

import { useRetryDeadLetter } from '@/api/deadLetters'
import { type DeadLetter } from '@/api/generated/wire'
import { paths } from '@/components/paths'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { RelativeTime } from '@/ui/RelativeTime'
import { notify, notifyError } from '@/ui/toast'

interface FailedTurnRowProps {
  letter: DeadLetter
  /** Who looks. */
  me: string | undefined
  onDiscard: () => void
  /** It is about to leave the list. */
  onGone: () => void
}

/** One failed turn: where, what was asked, why it failed, and what can be done. */
export function FailedTurnRow({ letter, me, onDiscard, onGone }: FailedTurnRowProps) {
  const retry = useRetryDeadLetter()
  const navigate = useNavigate()
  const { payload } = letter
  const chat = paths.project(letter.project_id, 'chat')
  const open = letter.state === 'open'
  const Icon = open ? CircleAlert : letter.state === 'retried' ? RotateCcw : CircleSlash

  return (
    <article aria-label={`${letter.project_name}: ${letter.message}`} className="flex gap-3 px-4 py-3.5">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${open ? 'text-danger' : 'text-ink-faint'}`} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link to={chat} className="min-w-0 truncate font-medium hover:underline">
            {letter.project_name}
          </Link>
          {letter.state === 'retried' && <Badge>tried again</Badge>}
          {letter.state === 'discarded' && <Badge>left</Badge>}
        </p>
        <p className="mt-0.5 text-pretty wrap-anywhere">{letter.message}</p>
        <p className="mt-1.5 line-clamp-2 border-l-2 pl-2.5 text-sm wrap-anywhere text-ink-muted">
          <span className="sr-only">Asked: </span>
          {payload.prompt}
          {payload.cut && '…'}
        </p>
        <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-ink-muted tnum">
          <RelativeTime at={letter.at} />
          {letter.attempts > 1 && <span>tried {letter.attempts} times</span>}
          <span className="min-w-0 truncate">{payload.model ?? 'without a model'}</span>
          {letter.user_id !== me && <span className="min-w-0 truncate">asked by {letter.user_name}</span>}
        </p>
        {open && (
          <div className="mt-2.5 flex flex-wrap gap-2">
            <Button
              size="sm"
              icon={<RotateCcw />}
              busy={retry.isPending}
              onClick={() =>
                retry.mutate(letter, {
                  onSuccess: () => {
                    notify(`${letter.project_name}: the turn runs again`, {
                      label: 'Watch',
                      run: () => void navigate(chat),
                    })
                    onGone()
                  },
                  onError: (error) => notifyError('The turn was not started again', error),
                })
              }
            >
              {retry.isPending ? 'Starting' : 'Retry'}
              <span className="sr-only">: {letter.project_name}</span>
            </Button>
            <Button size="sm" variant="ghost" disabled={retry.isPending} onClick={onDiscard}>
              Discard
              <span className="sr-only">: {letter.project_name}</span>
            </Button>
          </div>
        )}
      </div>
    </article>
  )
}
