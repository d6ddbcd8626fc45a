import { useQuery } from '@tanstack/react-query'
import { Star } from 'lucide-react'

import { modelsQuery } from '@/api/models'
import { ModelPicker } from '@/components/ModelPicker'

interface ModelSelectProps {
  /** A model's id or `STARTERS`; `null` is the default one. */
  value: string | null
  onChange: (id: string | null) => void
}

const DEFAULT = 'default'

/** Who answers this message: the default, another model, or the starters. */
export function ModelSelect({ value, onChange }: ModelSelectProps) {
  const { data } = useQuery(modelsQuery())
  if (!data) return <span className="px-1.5 text-sm text-ink-faint">Models</span>
  const chosen = data.items.find((m) => m.id === data.default)
  return (
    <ModelPicker
      list={data}
      look="bare"
      value={value ?? DEFAULT}
      onChange={(next) => onChange(next === DEFAULT ? null : next)}
      before={[
        {
          value: DEFAULT,
          label: chosen?.label ?? 'Starters',
          hint: chosen ? 'The default' : 'The default: no model is connected',
          icon: <Star aria-hidden />,
        },
      ]}
      className="max-w-44"
    />
  )
}
