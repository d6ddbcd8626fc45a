import { CircleCheck, CircleX, LoaderCircle, Wrench } from 'lucide-react'

import { type CheckKind } from '@/api/generated/wire'
import { type CheckActivity, type TurnState } from '@/stream/state'
import { Badge } from '@/ui/Badge'
import { plural } from '@/ui/format'

import { Diagnostics } from '../Diagnostics'
import { Section } from './Section'

const NAMES: Record<CheckKind, string> = {
  compile: 'Compiles',
  lint: 'Reads well',
  types: 'Types fit',
  runtime: 'Runs in a browser',
  smoke: 'Still does what it did',
}

/** The checks in order, with the repairs that they started. */
export function CheckRows({ turn }: { turn: TurnState }) {
  let failed = 0
  return (
    <Section title="Checks">
      <ul className="flex flex-col gap-1.5">
        {turn.checks.map((check, i) => {
          const repair = check.state === 'failed' ? turn.repairs[failed++] : undefined
          return (
            <li key={i} className="flex flex-col gap-1.5">
              <CheckRow check={check} />
              {repair && <RepairRow reason={repair.reason} />}
            </li>
          )
        })}
        {turn.checks.length === 0 &&
          turn.repairs.map((r) => (
            <li key={r.round}>
              <RepairRow reason={r.reason} />
            </li>
          ))}
      </ul>
    </Section>
  )
}

function CheckRow({ check }: { check: CheckActivity }) {
  const found = check.diagnostics.length
  return (
    <>
      <div className="flex items-center gap-2 text-sm [&_svg]:size-4">
        {check.state === 'running' && <LoaderCircle aria-hidden className="animate-spin text-ink-faint" />}
        {check.state === 'ok' && <CircleCheck aria-hidden className="text-ok" />}
        {check.state === 'failed' && <CircleX aria-hidden className="text-danger" />}
        <span>{NAMES[check.check]}</span>
        <span className="text-ink-muted">
          {check.state === 'running' ? 'checking' : check.state === 'ok' ? 'ok' : plural(found, 'problem')}
        </span>
      </div>
      {found > 0 && <Diagnostics items={check.diagnostics} />}
    </>
  )
}

function RepairRow({ reason }: { reason: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <Wrench aria-hidden className="size-4 text-warn" />
      <span className="min-w-0">{reason === '' ? 'Mended its own work' : `Mending: ${reason}`}</span>
      <Badge tone="warn">not charged</Badge>
    </div>
  )
}
