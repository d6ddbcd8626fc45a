import { ArrowDown, ArrowUp, Hammer, Plus, X } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'

import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import { Input } from '@/ui/Input'

import { usePlan } from './usePlan'
import { useSay } from './useSay'

const SENT = 'Build this plan.'

/** A plan to be changed before it is built: its steps are edited, added, removed and moved. */
export function PlanEditor({ turn }: { turn: TurnState }) {
  const { say, busy } = useSay()
  const { items, said, change, add, remove, move } = usePlan(turn.plan)
  const [focus, setFocus] = useState<{ id: number } | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const titleId = useId()
  const keysId = useId()
  useEffect(() => {
    // A step that moved or came keeps the cursor.
    if (focus) list.current?.querySelector<HTMLInputElement>(`[data-step="${focus.id}"]`)?.focus()
  }, [focus])
  const steps = items.map(({ text }) => text.trim()).filter((text) => text !== '')

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>, id: number, at: number) => {
    if (event.nativeEvent.isComposing) return
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (event.altKey && by !== 0) {
      event.preventDefault()
      move(id, by)
      setFocus({ id })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      setFocus({ id: add(at + 1) })
    } else if (event.key === 'Backspace' && event.currentTarget.value === '' && items.length > 1) {
      event.preventDefault()
      takeOut(id, at)
    }
  }
  const takeOut = (id: number, at: number) => {
    const next = items[at - 1] ?? items[at + 1]
    remove(id)
    if (next) setFocus({ id: next.id })
  }

  return (
    <section aria-labelledby={titleId} className="rounded-card border border-line-strong bg-surface p-3">
      <h3 id={titleId} className="font-medium">
        The plan
      </h3>
      <p id={keysId} className="mt-0.5 text-sm text-ink-muted">
        Nothing is built yet. Change it as you like.
        <span className="pointer-coarse:hidden"> Enter adds a step, Alt with an arrow key moves one.</span>
      </p>
      <ol ref={list} className="mt-2 flex flex-col gap-1.5">
        {items.map(({ id, text }, at) => (
          <li key={id} className="flex items-center gap-1">
            <span aria-hidden className="w-5 shrink-0 text-right text-xs text-ink-faint tnum">
              {at + 1}
            </span>
            <Input
              data-step={id}
              aria-label={`Step ${at + 1}`}
              aria-describedby={keysId}
              className="min-w-0 flex-1"
              maxLength={300}
              value={text}
              onChange={(event) => change(id, event.target.value)}
              onKeyDown={(event) => onKeyDown(event, id, at)}
            />
            {/* Not `disabled`: that would take the focus from who moves a step to the end. */}
            <IconButton
              label={`Move step ${at + 1} up`}
              icon={<ArrowUp />}
              size="sm"
              aria-disabled={at === 0 || undefined}
              onClick={() => move(id, -1)}
            />
            <IconButton
              label={`Move step ${at + 1} down`}
              icon={<ArrowDown />}
              size="sm"
              aria-disabled={at === items.length - 1 || undefined}
              onClick={() => move(id, 1)}
            />
            <IconButton
              label={`Remove step ${at + 1}`}
              icon={<X />}
              size="sm"
              onClick={() => takeOut(id, at)}
            />
          </li>
        ))}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          variant="primary"
          size="sm"
          icon={<Hammer />}
          busy={busy}
          disabled={steps.length === 0}
          onClick={() => say({ message: SENT, mode: 'build', model: turn.model ?? undefined, plan: steps })}
        >
          {busy ? 'Starting' : 'Build this plan'}
        </Button>
        <Button size="sm" icon={<Plus />} disabled={busy} onClick={() => setFocus({ id: add(items.length) })}>
          Add a step
        </Button>
      </div>
    </section>
  )
}
