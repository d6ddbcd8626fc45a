import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'

import { cx } from '@/ui/cx'
import { plural } from '@/ui/format'
import { RelativeTime } from '@/ui/RelativeTime'

import { Markdown } from './Markdown'
import { messagesIn, type ChatTurn } from './turns'

/** Messages that the chat went on without: one quiet line that opens. Nothing can be done with them. */
export function SetAside({ turns }: { turns: readonly ChatTurn[] }) {
  const [open, setOpen] = useState(false)
  const bodyId = useId()
  return (
    <div className="text-sm">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-2 rounded-control py-1 text-ink-muted hover:bg-hover pointer-coarse:min-h-10"
      >
        <span aria-hidden className="h-px flex-1 bg-line" />
        <ChevronRight aria-hidden className={cx('size-4 transition-transform', open && 'rotate-90')} />
        {plural(messagesIn(turns), 'message')} set aside
        <span aria-hidden className="h-px flex-1 bg-line" />
      </button>
      <div id={bodyId} hidden={!open}>
        {open && (
          <ol className="mt-2 flex flex-col gap-3 border-l-2 pl-3 text-ink-muted">
            {turns.map(({ id, user, answers }) => (
              <li key={id} className="flex flex-col gap-2">
                {user && (
                  <div className="rounded-card bg-sunken px-3 py-2">
                    <p className="wrap-anywhere whitespace-pre-wrap">{user.text}</p>
                    <RelativeTime at={user.created_at} className="text-xs" />
                  </div>
                )}
                {answers.map((answer) => (
                  <Markdown key={answer.id} text={answer.text} />
                ))}
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  )
}
