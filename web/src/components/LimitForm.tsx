import { useState, type SubmitEvent } from 'react'

import { type SaveBudget } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { notify, notifyError } from '@/ui/toast'

interface LimitFormProps {
  label: string
  hint: string
  /** Billionths of a dollar; `null` is no limit. */
  value: number | null
  /** What is told to be saved, such as "Your limit". */
  what: string
  /** The mutation that saves it. */
  save: {
    isPending: boolean
    mutate: (body: SaveBudget, told: { onSuccess: () => void; onError: (error: unknown) => void }) => void
  }
}

const MOST_USD = 1_000_000

/** Sets or removes a limit in US dollars a month, and tells how that went. */
export function LimitForm({ label, hint, value, what, save }: LimitFormProps) {
  const saved = value === null ? '' : String(value / 1e9)
  const [text, setText] = useState(saved)
  const [before, setBefore] = useState(saved)
  if (saved !== before) {
    setBefore(saved)
    setText(saved)
  }
  const usd = Number(text.trim().replace(',', '.'))
  const wrong = text.trim() !== '' && !(usd >= 0 && usd <= MOST_USD)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (wrong || save.isPending) return
    const limit = text.trim() === '' ? null : Math.round(usd * 1e9)
    save.mutate(
      { limit_nanousd: limit },
      {
        onSuccess: () => notify(limit === null ? `${what} is removed` : `${what} is saved`),
        onError: (error) => notifyError(`${what} was not saved`, error),
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Field
        label={label}
        hint={hint}
        error={wrong ? 'Write US dollars, such as 5 or 12.50, or leave it empty.' : undefined}
      >
        {(aria) => (
          <div className="flex gap-2">
            <Input
              {...aria}
              inputMode="decimal"
              placeholder="No limit"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className="max-w-40"
            />
            <Button type="submit" busy={save.isPending} disabled={wrong || text.trim() === saved}>
              {save.isPending ? 'Saving' : 'Save'}
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
