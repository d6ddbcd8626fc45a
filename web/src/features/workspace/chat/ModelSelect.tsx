import { useQuery } from '@tanstack/react-query'
import { Cloud, HardDrive, Sparkles } from 'lucide-react'

import { type Model } from '@/api/generated/wire'
import { modelsQuery } from '@/api/models'
import { Select, type SelectOption } from '@/ui/Select'

interface ModelSelectProps {
  /** A model's id; `null` is the default one. */
  value: string | null
  onChange: (id: string | null) => void
}

const DEFAULT = 'default'

/** Who answers. Without any model the starters do, and this says so. */
export function ModelSelect({ value, onChange }: ModelSelectProps) {
  const { data } = useQuery(modelsQuery())
  if (!data) return <span className="px-1.5 text-sm text-ink-faint">Models</span>
  const chosen = data.items.find((m) => m.id === data.default)
  const options: SelectOption<string>[] = [
    {
      value: DEFAULT,
      label: chosen?.label ?? 'Starters',
      hint: chosen ? 'The default' : 'No model is connected: a starter answers',
      icon: chosen ? iconOf(chosen) : <Sparkles aria-hidden />,
    },
    ...data.items
      .filter((m) => m.id !== data.default)
      .map((m) => ({
        value: m.id,
        label: m.label,
        hint: priceOf(m),
        icon: iconOf(m),
        group: data.providers.find((p) => p.id === m.provider)?.label ?? m.provider,
      })),
  ]
  return (
    <Select
      label="Model"
      look="bare"
      value={options.some((o) => o.value === value) && value !== null ? value : DEFAULT}
      options={options}
      onChange={(next) => onChange(next === DEFAULT ? null : next)}
      className="max-w-44"
    />
  )
}

const iconOf = (model: Model) =>
  model.source === 'local' ? <HardDrive aria-hidden /> : <Cloud aria-hidden />

function priceOf(model: Model): string {
  if (model.source === 'local') return 'On this machine, free'
  if (model.input_price_microusd === null || model.output_price_microusd === null) return 'Price not known'
  const dollars = (micro: number) => `$${(micro / 1e6).toFixed(2)}`
  return `${dollars(model.input_price_microusd)} in, ${dollars(model.output_price_microusd)} out per million tokens`
}
