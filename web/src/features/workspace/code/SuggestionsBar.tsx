import { useQuery } from '@tanstack/react-query'
import { ChevronRight, GitPullRequestArrow } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'

import { type Suggestion } from '@/api/generated/wire'
import { suggestionsQuery, useApplySuggestion, useLeaveSuggestion } from '@/api/suggestions'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { RelativeTime } from '@/ui/RelativeTime'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { Hunks } from '../versions/Hunks'

/** A change that is left is gone after this: as long as it can be undone. */
const UNDO_MS = 8_000

/** Changes of the agent's that met what a person wrote: they are made only when somebody says so. */
export function SuggestionsBar() {
  const { project, canEdit, view, waitingAsked } = useWorkspace()
  const { data } = useQuery({ ...suggestionsQuery(project.id), enabled: canEdit })
  const apply = useApplySuggestion(project.id)
  const leave = useLeaveSuggestion(project.id)
  const [open, setOpen] = useState(false)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const bodyId = useId()
  const items = data?.items.filter((item) => !left.has(item.id)) ?? []

  const [opened, setOpened] = useState<object | null>(null)
  if (waitingAsked !== opened) {
    setOpened(waitingAsked)
    setOpen(true)
  }
  // Whoever asks for them from the chat goes on here, as soon as they are there.
  const head = useRef<HTMLButtonElement>(null)
  const reached = useRef<object | null>(null)
  const there = view === 'code' && items.length > 0
  useEffect(() => {
    if (!there || waitingAsked === reached.current) return
    reached.current = waitingAsked
    head.current?.focus()
  }, [there, waitingAsked])

  const make = (item: Suggestion) =>
    apply.mutate(item.id, {
      onSuccess: () => notify(`The change to ${item.path} is made`),
      onError: (error) => notifyError('The change was not made. The file is as before.', error),
    })
  const set = (id: string, isLeft: boolean) =>
    setLeft((old) => {
      const next = new Set(old)
      if (isLeft) next.add(id)
      else next.delete(id)
      return next
    })
  const drop = (item: Suggestion) => {
    set(item.id, true)
    // It is taken from the server when it cannot be asked back any more: closing the page leaves it there.
    const timer = setTimeout(
      () =>
        leave.mutate(item.id, {
          onError: (error) => {
            set(item.id, false)
            notifyError('The change still waits', error)
          },
        }),
      UNDO_MS,
    )
    notify(`The change to ${item.path} is left`, {
      label: 'Undo',
      run: () => {
        clearTimeout(timer)
        set(item.id, false)
      },
    })
  }

  if (items.length === 0) return null
  const words =
    items.length === 1
      ? 'A change of the agent’s waits: you had written in the same place.'
      : `${items.length} changes of the agent’s wait: you had written in the same places.`
  return (
    <section aria-label="Changes that wait" className="flex max-h-[60%] shrink-0 flex-col border-b">
      <button
        ref={head}
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setOpen(!open)}
        className="flex shrink-0 items-center gap-2 bg-canvas px-3 py-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
      >
        <GitPullRequestArrow aria-hidden className="size-4 shrink-0 text-ink-muted" />
        <span className="min-w-0 flex-1 text-pretty">{words}</span>
        <ChevronRight
          aria-hidden
          className={cx('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')}
        />
      </button>
      <ul
        id={bodyId}
        hidden={!open}
        className={cx('min-h-0 flex-1 divide-y overflow-y-auto border-t', open && 'block')}
      >
        {items.map((item) => (
          <li key={item.id}>
            <Waiting
              item={item}
              busy={apply.isPending && apply.variables === item.id}
              onMake={() => make(item)}
              onLeave={() => drop(item)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface WaitingProps {
  item: Suggestion
  busy: boolean
  onMake: () => void
  onLeave: () => void
}

function Waiting({ item, busy, onMake, onLeave }: WaitingProps) {
  const { openFile } = useWorkspace()
  const { path, hunks, fits, created_at } = item
  return (
    <section aria-label={`Change to ${path}`} className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <button
          type="button"
          className="min-w-0 rounded-sm text-left font-mono text-xs wrap-anywhere text-accent-text hover:underline"
          onClick={() => openFile(path, hunks[0]?.new_start)}
        >
          {path}
        </button>
        <RelativeTime at={created_at} className="text-xs text-ink-faint" />
        <span className="ml-auto flex gap-1.5">
          <Button size="sm" variant="ghost" onClick={onLeave}>
            Leave it
          </Button>
          <Button size="sm" busy={busy} disabled={!fits} onClick={onMake}>
            {busy ? 'Making it' : 'Make it'}
          </Button>
        </span>
      </div>
      {!fits && (
        <p className="text-sm text-warn">
          The place in the file is gone, so it cannot be made. Ask the agent anew if you want it.
        </p>
      )}
      {hunks.length > 0 && (
        <div className="overflow-hidden rounded-card border bg-surface font-mono text-xs leading-5">
          <Hunks hunks={hunks} layout="phone" />
        </div>
      )}
    </section>
  )
}
