import { Check } from 'lucide-react'

import { type TurnState } from '@/stream/state'
import { cx } from '@/ui/cx'

import { modelName, roleLook } from './roles'

/** The parts of the agent's in the order in which they began; the one that works now stands out. */
export function RoleLine({ turn }: { turn: TurnState }) {
  const now = turn.role?.role
  const step = turn.steps.at(-1)
  return (
    <ol aria-label="Who works" className="flex flex-wrap gap-x-3 gap-y-1 border-t px-3 py-2 text-xs">
      {turn.played.map((role) => {
        const { label, icon: Icon } = roleLook(role)
        const current = role === now
        const other = current && step?.role === role && step.model !== turn.model ? step.model : null
        return (
          <li
            key={role}
            aria-current={current ? 'step' : undefined}
            className={cx('flex items-center gap-1.5', current ? 'font-medium text-ink' : 'text-ink-muted')}
          >
            <Icon aria-hidden className={cx('size-3.5', current && 'text-accent-text')} />
            {label}
            {other !== null && <span className="font-normal text-ink-muted">{modelName(other)}</span>}
            {current ? (
              <span className="sr-only">, now</span>
            ) : (
              <Check aria-label="has worked" className="size-3 text-ok" />
            )}
          </li>
        )
      })}
    </ol>
  )
}
