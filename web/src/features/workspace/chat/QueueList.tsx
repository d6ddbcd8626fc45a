import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Hand, Image, Pencil, SendHorizontal, X } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'

import { type QueuedMessage } from '@/api/generated/wire'
import { queueQuery, useChangeQueued, useEnqueue, useRemoveQueued } from '@/api/queue'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { MODE_NAMES } from './modes'

/** Messages that wait for their turn, in order, above the composer. `running`: what waits is sent after that turn. */
export function QueueList({ running }: { running: boolean }) {
  const { project, canEdit, compose } = useWorkspace()
  const { data } = useQuery({ ...queueQuery(project.id), enabled: canEdit })
  const change = useChangeQueued(project.id)
  const remove = useRemoveQueued(project.id)
  const enqueue = useEnqueue(project.id)
  const [editing, setEditing] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLOListElement>(null)
  const headingId = useId()
  const items = data?.items ?? []

  const failed = (what: string) => ({ onError: (error: Error) => notifyError(what, error) })
  const move = (item: QueuedMessage, by: number) => {
    const position = item.position + by
    if (position < 1 || position > items.length) return
    change.mutate({ message: item.id, position }, failed('The message was not moved'))
    setSaid(`Moved to place ${position} of ${items.length}`)
  }
  const drop = (item: QueuedMessage) => {
    const neighbour = items[item.position] ?? items[item.position - 2]
    remove.mutate(item.id, {
      onSuccess: () =>
        // Pictures are not sent back here, so a message with some cannot be put back whole.
        notify(
          'Message removed from the queue',
          item.images > 0
            ? undefined
            : {
                label: 'Undo',
                run: () =>
                  enqueue.mutate(
                    { message: item.text, mode: item.mode, model: item.model ?? undefined },
                    {
                      onSuccess: ({ id }) => {
                        if (item.position <= items.length - 1)
                          change.mutate({ message: id, position: item.position })
                      },
                      ...failed('The message did not come back'),
                    },
                  ),
              },
        ),
      ...failed('The message still waits'),
    })
    if (neighbour) focusOn(neighbour.id)
    else compose('')
  }
  const focusOn = (id: string) =>
    list.current?.querySelector<HTMLElement>(`[data-queued="${id}"] [data-text]`)?.focus()

  return (
    <>
      <p role="status" className="sr-only">
        {said}
      </p>
      {items.length > 0 && (
        <div className="mx-auto w-full max-w-3xl px-3 pb-1.5">
          <h3 id={headingId} className="pb-1 pl-1 text-xs font-medium text-ink-muted">
            {running ? 'Sent next, in this order' : plural(items.length, 'message waits', 'messages wait')}
          </h3>
          <ol
            ref={list}
            aria-labelledby={headingId}
            className="max-h-[30dvh] divide-y overflow-y-auto rounded-card border bg-surface text-sm"
          >
            {items.map((item, i) => (
              <li key={item.id} data-queued={item.id} className={cx(item.held !== null && 'bg-warn-soft')}>
                {editing === item.id ? (
                  <Editing
                    item={item}
                    onCancel={() => setEditing(null)}
                    onSave={(text) => {
                      setEditing(null)
                      if (text !== item.text || item.held !== null)
                        change.mutate({ message: item.id, text }, failed('The message was not changed'))
                    }}
                  />
                ) : (
                  <Row
                    item={item}
                    first={i === 0}
                    last={i === items.length - 1}
                    onEdit={() => setEditing(item.id)}
                    onMove={(by) => move(item, by)}
                    onRemove={() => drop(item)}
                    onSend={
                      item.held !== null && !running
                        ? () =>
                            change.mutate(
                              { message: item.id, text: item.text },
                              failed('The message was not sent'),
                            )
                        : undefined
                    }
                  />
                )}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  )
}

interface RowProps {
  item: QueuedMessage
  first: boolean
  last: boolean
  onEdit: () => void
  onMove: (by: number) => void
  onRemove: () => void
  /** A held one, where nothing runs. */
  onSend?: () => void
}

function Row({ item, first, last, onEdit, onMove, onRemove, onSend }: RowProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Delete') onRemove()
    else if (event.altKey && event.key === 'ArrowUp') onMove(-1)
    else if (event.altKey && event.key === 'ArrowDown') onMove(1)
    else return
    event.preventDefault()
  }
  const what = `message ${item.position}`
  return (
    <div className="flex flex-col gap-1.5 py-1 pr-1 pl-3">
      <div className="flex items-center gap-1">
        <button
          type="button"
          data-text
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
          title="Edit. Alt and an arrow moves it, Delete removes it."
          onClick={onEdit}
          onKeyDown={onKeyDown}
          className="flex min-w-0 flex-1 items-center gap-2 rounded-sm py-1 text-left pointer-coarse:min-h-10"
        >
          <span aria-hidden className="w-3 shrink-0 text-xs text-ink-faint tnum">
            {item.position}
          </span>
          <span className="min-w-0 truncate">
            <span className="sr-only">{`Edit ${what}:`}</span>
            {` ${item.text}`}
          </span>
          {item.mode !== 'build' && <Badge>{MODE_NAMES[item.mode]}</Badge>}
          {item.images > 0 && <Badge icon={<Image aria-hidden />}>{plural(item.images, 'picture')}</Badge>}
          <Pencil aria-hidden className="ml-auto size-3.5 shrink-0 text-ink-faint max-sm:hidden" />
        </button>
        <IconButton
          label={`Move ${what} up`}
          icon={<ArrowUp />}
          size="sm"
          side="top"
          disabled={first}
          onClick={() => onMove(-1)}
        />
        <IconButton
          label={`Move ${what} down`}
          icon={<ArrowDown />}
          size="sm"
          side="top"
          disabled={last}
          onClick={() => onMove(1)}
        />
        <IconButton label={`Remove ${what}`} icon={<X />} size="sm" side="top" onClick={onRemove} />
      </div>
      {item.held !== null && (
        <div className="flex flex-wrap items-center gap-2 pr-2 pb-1.5 pl-5">
          <p className="flex min-w-0 flex-1 items-start gap-1.5 text-warn">
            <Hand aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0 wrap-anywhere">Not sent. {item.held}</span>
          </p>
          {onSend && (
            <Button size="sm" icon={<SendHorizontal />} onClick={onSend}>
              Send now
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

function Editing({
  item,
  onSave,
  onCancel,
}: {
  item: QueuedMessage
  onSave: (text: string) => void
  onCancel: () => void
}) {
  const [text, setText] = useState(item.text)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [])
  const save = () => text.trim() !== '' && onSave(text.trim())
  return (
    <form
      aria-label={`Message ${item.position}`}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      className="flex flex-col gap-1.5 p-2"
    >
      <textarea
        ref={field}
        rows={2}
        value={text}
        aria-label={`Text of message ${item.position}`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          save()
        }}
        className="block field-sizing-content max-h-[24dvh] w-full resize-none rounded-control border bg-surface px-2.5 py-1.5 max-md:text-md"
      />
      <div className="flex justify-end gap-1.5">
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" type="submit" disabled={text.trim() === ''}>
          Keep
        </Button>
      </div>
    </form>
  )
}
