import { Circle, CircleCheck, CircleDot } from 'lucide-react'

import { type PlanItem } from '@/api/generated/wire'
import { cx } from '@/ui/cx'

import { Section } from './Section'

/** The plan with ticks; the first open item is what is being done while the turn runs. */
export function PlanList({ items, active }: { items: readonly PlanItem[]; active: boolean }) {
  const done = items.filter((item) => item.done).length
  const current = active ? items.findIndex((item) => !item.done) : -1
  return (
    <Section title="Plan" note={`${done}/${items.length}`}>
      <ol className="flex flex-col gap-1">
        {items.map((item, i) => (
          <li
            key={`${i}-${item.text}`}
            className={cx('flex items-start gap-2', !item.done && i !== current && 'text-ink-muted')}
          >
            <span className="mt-0.75 shrink-0 [&_svg]:size-4">
              {item.done ? (
                <CircleCheck aria-label="Done" className="text-ok" />
              ) : i === current ? (
                <CircleDot aria-label="Now" className="animate-pulse-dot text-accent-text" />
              ) : (
                <Circle aria-label="To do" className="text-ink-faint" />
              )}
            </span>
            <span className={cx('min-w-0', i === current && 'font-medium')}>{item.text}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
