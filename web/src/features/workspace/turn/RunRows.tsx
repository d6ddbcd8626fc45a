import {
  Ban,
  ChevronDown,
  CircleCheck,
  CircleSlash,
  CircleX,
  Hand,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react'
import { useId, useState } from 'react'

import { type RunActivity } from '@/stream/state'
import { cx } from '@/ui/cx'

import { RunOutput } from './RunOutput'
import { Section } from './Section'
import { runTime, runWords } from './words'

const STATES: Record<RunActivity['state'], { icon: LucideIcon; tone: string }> = {
  asked: { icon: Hand, tone: 'text-warn' },
  allowed: { icon: LoaderCircle, tone: 'animate-spin text-ink-faint' },
  refused: { icon: Ban, tone: 'text-ink-faint' },
  running: { icon: LoaderCircle, tone: 'animate-spin text-accent-text' },
  ok: { icon: CircleCheck, tone: 'text-ok' },
  failed: { icon: CircleX, tone: 'text-danger' },
  stopped: { icon: CircleSlash, tone: 'text-ink-faint' },
}

/** What the turn runs in its sandbox, in order. */
export const RunRows = ({ runs, now }: { runs: readonly RunActivity[]; now: number }) => (
  <Section title="Runs">
    <ul className="-mx-1.5 flex flex-col">
      {runs.map((run) => (
        <RunRow key={run.id} run={run} time={runTime(run, now)} />
      ))}
    </ul>
  </Section>
)

function RunRow({ run, time }: { run: RunActivity; time: string | null }) {
  const [open, setOpen] = useState(false)
  const outputId = useId()
  const { icon: Icon, tone } = STATES[run.state]
  const began = run.startedAt !== null
  // Of one that a person allowed it stays to be seen that they did.
  const allowed = began && run.why !== null
  const line = (
    <>
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', tone)} />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
        <code className={cx('min-w-0 font-mono text-xs wrap-anywhere', !open && 'line-clamp-2')}>
          {run.command}
        </code>{' '}
        <span className="ml-auto text-xs text-ink-muted tnum">
          {allowed && 'Allowed · '}
          <span className={cx(run.state === 'failed' && 'text-danger')}>{runWords(run)}</span>
          {time !== null && ` ${time}`}
        </span>
      </span>
    </>
  )
  const row = 'flex w-full items-start gap-2 rounded-control px-1.5 py-1 text-left text-sm'
  if (!began) return <li className={row}>{line}</li>
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={outputId}
        onClick={() => setOpen(!open)}
        className={cx(row, 'transition-colors hover:bg-hover pointer-coarse:min-h-10')}
      >
        {line}
        <ChevronDown
          aria-hidden
          className={cx('mt-0.5 size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-180')}
        />
      </button>
      <div id={outputId}>{open && <RunOutput run={run} />}</div>
    </li>
  )
}
