import { useId, type ReactNode } from 'react'

import { Card } from '@/ui/Card'

/** The head of a page among others, such as the settings. */
export function PageHead({ title, lead, action }: { title: string; lead: ReactNode; action?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-start gap-3">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="mt-0.5 text-pretty text-ink-muted">{lead}</p>
      </div>
      {action}
    </div>
  )
}

interface PanelProps {
  title: string
  lead?: ReactNode
  action?: ReactNode
  children: ReactNode
  /** The children are rows of their own and bring their padding. */
  flush?: boolean
}

/** One group of a page under its own heading. */
export function Panel({ title, lead, action, children, flush = false }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="mb-8">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h2 id={id} className="text-md font-semibold">
            {title}
          </h2>
          {lead !== undefined && <p className="text-pretty text-ink-muted">{lead}</p>}
        </div>
        {action}
      </div>
      <Card className={flush ? 'divide-y' : 'p-4'}>{children}</Card>
    </section>
  )
}
