import { Cloud, HardDrive, Sparkles } from 'lucide-react'
import { type ReactNode } from 'react'

import { type Model, type ModelList } from '@/api/generated/wire'
import { Select, type SelectOption } from '@/ui/Select'

import { priceOf, STARTERS } from './models'

interface ModelPickerProps {
  list: ModelList
  /** A model's id or `STARTERS`. */
  value: string
  onChange: (id: string) => void
  look?: 'field' | 'bare'
  /** More choices before the models. */
  before?: readonly SelectOption<string>[]
  /** What is being chosen, read aloud. */
  label?: string
  /** Whether the starters are among the choices. */
  starters?: boolean
  className?: string
  disabled?: boolean
  'aria-describedby'?: string
}

const STARTERS_CHOICE: SelectOption<string> = {
  value: STARTERS,
  label: 'Starters (no model)',
  hint: 'A tested app, fitted to your words. Free, in a second',
  icon: <Sparkles aria-hidden />,
}

/** Chooses who answers: the starters or one of the connected models. */
export function ModelPicker({
  list,
  before = [],
  label = 'Model',
  starters = true,
  ...rest
}: ModelPickerProps) {
  const options: SelectOption<string>[] = [
    ...before,
    ...(starters ? [STARTERS_CHOICE] : []),
    ...list.items.map((model) => ({
      value: model.id,
      label: model.label,
      hint: priceOf(model),
      icon: iconOf(model),
      group: list.providers.find((p) => p.id === model.provider)?.label ?? model.provider,
    })),
  ]
  return <Select label={label} options={options} {...rest} />
}

const iconOf = (model: Model): ReactNode =>
  model.source === 'local' ? <HardDrive aria-hidden /> : <Cloud aria-hidden />
