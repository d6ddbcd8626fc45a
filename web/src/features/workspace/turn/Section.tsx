import { type ReactNode } from 'react'

interface SectionProps {
  title: string
  note?: ReactNode
  children: ReactNode
}

/** One part of the turn card, under a small heading. */
export function Section({ title, note, children }: SectionProps) {
  return (
    <section className="border-t px-3 py-2.5">
      <h3 className="mb-1.5 flex items-baseline gap-2 text-xs font-medium text-ink-muted">
        {title}
        {note !== undefined && <span className="font-normal text-ink-faint tnum">{note}</span>}
      </h3>
      {children}
    </section>
  )
}
