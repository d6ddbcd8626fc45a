import { Wand } from 'lucide-react'

import { type ProjectType } from '@/api/generated/wire'
import { PROJECT_TYPES } from '@/components/projectTypes'

interface TypeChipsProps {
  /** `null`: read from the prompt. */
  value: ProjectType | null
  onChange: (type: ProjectType | null) => void
}

const CHIPS = [
  { type: null, label: 'Auto', icon: Wand },
  ...(Object.keys(PROJECT_TYPES) as ProjectType[]).map((type) => ({ type, ...PROJECT_TYPES[type] })),
]

/** What kind of app it shall be: radio buttons that look like chips. */
export function TypeChips({ value, onChange }: TypeChipsProps) {
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-1">
      <legend className="sr-only">Type of app</legend>
      {CHIPS.map(({ type, label, icon: Icon }) => (
        <label
          key={label}
          title={type === null ? 'Read from your words' : undefined}
          className="relative flex h-7 cursor-pointer items-center gap-1.5 rounded-full px-2.5 text-sm font-medium text-ink-muted transition-colors select-none hover:bg-hover hover:text-ink has-checked:bg-accent-soft has-checked:text-accent-text has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent forced-colors:has-checked:outline-2 pointer-coarse:h-10"
        >
          <input
            type="radio"
            name="project-type"
            checked={value === type}
            onChange={() => onChange(type)}
            className="absolute inset-0 cursor-pointer appearance-none rounded-full outline-none"
          />
          <Icon aria-hidden className="size-3.5 shrink-0" />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
