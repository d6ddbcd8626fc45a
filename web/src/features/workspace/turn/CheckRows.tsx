import { CircleCheck, CircleX, LoaderCircle, TriangleAlert, Wrench } from 'lucide-react'

import { type CheckKind, type SmokeResult } from '@/api/generated/wire'
import { type CheckActivity, type TurnState } from '@/stream/state'
import { Badge } from '@/ui/Badge'
import { plural } from '@/ui/format'

import { Diagnostics } from '../Diagnostics'
import { Section } from './Section'
import { SmokeRows } from './SmokeRows'

const NAMES: Record<CheckKind, string> = {
  compile: 'Compiles',
  lint: 'Reads well',
  types: 'Types fit',
  runtime: 'Runs in a browser',
  smoke: 'Still does what it did',
}

/** The checks and the repairs in order. Of the smoke checks the last look is told. */
export function CheckRows({ turn }: { turn: TurnState }) {
  const lastSmoke = turn.checks.findLastIndex((check) => check.check === 'smoke')
  const repairsAfter = (checks: number) =>
    turn.repairs
      .filter(({ after }) => after === checks)
      .map(({ reason }, i) => <RepairRow key={i} reason={reason} held={turn.verified === true} />)
  const first = repairsAfter(0)
  return (
    <Section title="Checks">
      <ul className="flex flex-col gap-1.5">
        {/* Of edits that did not fit: nothing was checked yet. */}
        {first.length > 0 && <li className="flex flex-col gap-1.5">{first}</li>}
        {turn.checks.map((check, i) => {
          const smoke = i === lastSmoke ? turn.smoke : []
          return (
            <li key={i} className="flex flex-col gap-1.5">
              <CheckRow check={check} smoke={smoke} />
              {smoke.length > 0 && <SmokeRows results={smoke} />}
              {repairsAfter(i + 1)}
            </li>
          )
        })}
        {lastSmoke < 0 && turn.smoke.length > 0 && (
          <li className="flex flex-col gap-1.5">
            <CheckRow check={smokeCheck(turn.smoke)} smoke={turn.smoke} />
            <SmokeRows results={turn.smoke} />
          </li>
        )}
      </ul>
    </Section>
  )
}

/** A finished turn's summary has the results alone. */
const smokeCheck = (results: readonly SmokeResult[]): CheckActivity => ({
  check: 'smoke',
  state: results.every(({ ok }) => ok) ? 'ok' : 'failed',
  diagnostics: [],
})

function CheckRow({ check, smoke }: { check: CheckActivity; smoke: readonly SmokeResult[] }) {
  const { state, diagnostics } = check
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
  // Warnings alone break nothing.
  const look = state === 'failed' && warnings > 0 && warnings === diagnostics.length ? 'warned' : state
  return (
    <>
      <div className="flex items-center gap-2 text-sm [&_svg]:size-4 [&_svg]:shrink-0">
        {look === 'running' && <LoaderCircle aria-hidden className="animate-spin text-ink-faint" />}
        {look === 'ok' && <CircleCheck aria-hidden className="text-ok" />}
        {look === 'warned' && <TriangleAlert aria-hidden className="text-warn" />}
        {look === 'failed' && <CircleX aria-hidden className="text-danger" />}
        <span>{Object.hasOwn(NAMES, check.check) ? NAMES[check.check] : check.check}</span>
        <span className="text-ink-muted">{wordsOf(check, warnings, smoke)}</span>
      </div>
      {diagnostics.length > 0 && (
        <Diagnostics items={diagnostics.toSorted((a, b) => Number(isWarning(a)) - Number(isWarning(b)))} />
      )}
    </>
  )
}

const isWarning = ({ severity }: { severity: string }): boolean => severity === 'warning'

function wordsOf(
  { state, diagnostics }: CheckActivity,
  warnings: number,
  smoke: readonly SmokeResult[],
): string {
  if (state === 'running') return 'checking'
  const broken = smoke.filter(({ ok }) => !ok).length
  const errors = diagnostics.length - warnings
  const parts = [
    broken > 0 && `${broken} of ${smoke.length} failed`,
    errors > 0 && plural(errors, 'problem'),
    warnings > 0 && plural(warnings, 'warning'),
  ].filter((part) => part !== false)
  if (state === 'ok') parts.unshift('ok')
  return parts.length === 0 ? 'failed' : parts.join(', ')
}

/** `held`: the app holds, so what was mended is. */
function RepairRow({ reason, held }: { reason: string; held: boolean }) {
  const words = held ? 'Mended its own work' : 'Tried to mend its own work'
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <Wrench aria-hidden className="size-4 text-warn" />
      <span className="min-w-0">{reason === '' ? words : `Mending: ${reason}`}</span>
      <Badge tone="warn">not charged</Badge>
    </div>
  )
}
