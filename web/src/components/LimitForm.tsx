import { useState, type SubmitEvent } from 'react'

import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'

interface LimitFormProps {
  label: string
  hint: string
  /** Billionths of a dollar; `null` is no limit. */
  value: number | null
  busy: boolean
  onSave: (nanousd: number | null) => void
}

const MOST_USD = 1_000_000

/** Sets or removes a limit in US dollars a month. */
export function LimitForm({ label, hint, value, busy, onSave }: LimitFormProps) {
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
    if (!wrong) onSave(text.trim() === '' ? null : Math.round(usd * 1e9))
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
            <Button type="submit" busy={busy} disabled={wrong || text.trim() === saved}>
              {busy ? 'Saving' : 'Save'}
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
