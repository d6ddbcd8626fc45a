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
  className?: string
  disabled?: boolean
}

/** Chooses who answers: the starters or one of the connected models. */
export function ModelPicker({ list, before = [], ...rest }: ModelPickerProps) {
  const options: SelectOption<string>[] = [
    ...before,
    {
      value: STARTERS,
      label: 'Starters (no model)',
      hint: 'A tested app, fitted to your words. Free, in a second',
      icon: <Sparkles aria-hidden />,
    },
    ...list.items.map((model) => ({
      value: model.id,
      label: model.label,
      hint: priceOf(model),
      icon: iconOf(model),
      group: list.providers.find((p) => p.id === model.provider)?.label ?? model.provider,
    })),
  ]
  return <Select label="Model" options={options} {...rest} />
}

const iconOf = (model: Model): ReactNode =>
  model.source === 'local' ? <HardDrive aria-hidden /> : <Cloud aria-hidden />
