import { useState, type SubmitEvent } from 'react'

import { ApiError, messageOf } from '@/api/error'
import { type Model, type ModelPrice, type SavePrice } from '@/api/generated/wire'
import { useSetPrice } from '@/api/prices'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { notify } from '@/ui/toast'

import { parsePrice } from './price'

const FIELDS = [
  { name: 'input_microusd', label: 'Sent', optional: false },
  { name: 'output_microusd', label: 'Answered', optional: false },
  { name: 'cache_read_microusd', label: 'Read from the cache', optional: true },
  { name: 'cache_write_microusd', label: 'Written to the cache', optional: true },
] as const

type FieldName = (typeof FIELDS)[number]['name']

interface PriceDialogProps {
  models: readonly Model[]
  /** The price that this one replaces. */
  before: ModelPrice | undefined
  onClose: () => void
}

/** Takes a model's price in US dollars for a million tokens. */
export function PriceDialog({ models, before, onClose }: PriceDialogProps) {
  const [model, setModel] = useState(before?.model ?? '')
  const [texts, setTexts] = useState<Record<FieldName, string>>({
    input_microusd: textOf(before?.input_microusd),
    output_microusd: textOf(before?.output_microusd),
    cache_read_microusd: textOf(before?.cache_read_microusd),
    cache_write_microusd: textOf(before?.cache_write_microusd),
  })
  const [checked, setChecked] = useState(false)
  const save = useSetPrice()
  const problem = save.error instanceof ApiError ? save.error : null
  const names = ['model', ...FIELDS.map(({ name }) => name)]
  const isTold = names.some((name) => problem?.field(name) !== undefined)

  const wrong = ({ name, optional }: (typeof FIELDS)[number]): string | undefined => {
    const text = texts[name].trim()
    if (checked && !(optional && text === '') && parsePrice(text) === null) {
      return 'Write US dollars for a million tokens, such as 3 or 0.25.'
    }
    return problem?.field(name)
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setChecked(true)
    const priceOf = (name: FieldName) => parsePrice(texts[name])
    const [input, output] = [priceOf('input_microusd'), priceOf('output_microusd')]
    const slips = FIELDS.some(
      ({ name, optional }) => priceOf(name) === null && !(optional && texts[name].trim() === ''),
    )
    if (save.isPending || slips || input === null || output === null) return
    const price: SavePrice = {
      model: model.trim(),
      input_microusd: input,
      output_microusd: output,
      cache_read_microusd: priceOf('cache_read_microusd') ?? undefined,
      cache_write_microusd: priceOf('cache_write_microusd') ?? undefined,
    }
    save.mutate(price, {
      onSuccess: () => {
        notify(`Saved the price of ${price.model}`)
        onClose()
      },
    })
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={before ? `Change the price of ${before.model}` : 'Set a price'}
      description="In US dollars for a million tokens. Turns that begin from now on cost this."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="price-form" variant="primary" busy={save.isPending}>
            {save.isPending ? 'Saving' : 'Save'}
          </Button>
        </>
      }
    >
      <form id="price-form" noValidate onSubmit={submit} className="flex flex-col gap-4">
        {save.error && !isTold && (
          <Notice tone="danger" title="Nothing was saved">
            {messageOf(save.error)}
          </Notice>
        )}
        {!before && (
          <Field
            label="Model"
            hint="With its provider, such as anthropic/claude-sonnet-4-5"
            error={problem?.field('model')}
          >
            {(aria) => (
              <>
                <Input
                  {...aria}
                  list="priced-models"
                  autoComplete="off"
                  maxLength={200}
                  value={model}
                  onChange={(event) => setModel(event.target.value)}
                />
                <datalist id="priced-models">
                  {models.map(({ id, label }) => (
                    <option key={id} value={id}>
                      {label}
                    </option>
                  ))}
                </datalist>
              </>
            )}
          </Field>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          {FIELDS.map((field) => (
            <Field
              key={field.name}
              label={field.label}
              hint={field.optional ? 'As what is sent, unless said' : undefined}
              error={wrong(field)}
            >
              {(aria) => (
                <Input
                  {...aria}
                  inputMode="decimal"
                  autoComplete="off"
                  value={texts[field.name]}
                  onChange={(event) => setTexts({ ...texts, [field.name]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      </form>
    </Dialog>
  )
}

const textOf = (microusd: number | undefined): string =>
  microusd === undefined ? '' : String(microusd / 1e6)
