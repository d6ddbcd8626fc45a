import { type Event } from '@/api/generated/wire'

import { type RunActivity } from './state'

type RunEvent = Extract<
  Event,
  {
    type: 'tool_started' | 'tool_output' | 'tool_finished' | 'permission_asked' | 'permission_answered'
  }
>

/** So much of a run's output is kept, in characters: its end. */
export const MOST_OUTPUT = 20_000

/** What a turn runs, one event further. What is told of a run that nobody began is told of nothing. */
export function runStep(runs: RunActivity[], event: RunEvent): RunActivity[] {
  const at = runs.findIndex((run) => run.id === event.id)
  const old = runs[at]
  switch (event.type) {
    case 'permission_asked':
      return put(runs, { ...fresh(event.id, event.command), state: 'asked', why: event.why })
    case 'tool_started':
      // One that comes again begins anew.
      return put(runs, {
        ...fresh(event.id, event.command),
        state: 'running',
        tool: event.tool,
        why: old?.why ?? null,
        startedAt: event.at,
      })
    case 'permission_answered':
      return old?.state === 'asked'
        ? runs.with(at, { ...old, state: event.allowed ? 'allowed' : 'refused' })
        : runs
    case 'tool_output':
      return old?.state === 'running' ? runs.with(at, { ...old, ...endOf(old, event.text) }) : runs
    case 'tool_finished': {
      if (old?.state !== 'running') return runs
      const { ok, exit, end, duration_ms: durationMs, output } = event
      return runs.with(at, {
        ...old,
        state: ok ? 'ok' : 'failed',
        ...endOf(old, missing(old, output)),
        result: { exit, end, durationMs },
      })
    }
  }
}

/** Nothing goes on after the final event: what runs or is asked then did not come to an end. */
export const endRuns = (runs: RunActivity[]): RunActivity[] =>
  runs.map((run) =>
    run.state === 'asked' || run.state === 'allowed' || run.state === 'running'
      ? { ...run, state: 'stopped' }
      : run,
  )

/** The run that a person is asked about. */
export const questionOf = (runs: readonly RunActivity[]): RunActivity | undefined =>
  runs.findLast((run) => run.state === 'asked')

const fresh = (id: number, command: string): RunActivity => ({
  id,
  tool: null,
  command,
  state: 'asked',
  why: null,
  startedAt: null,
  output: '',
  cut: false,
  result: null,
})

function put(runs: RunActivity[], run: RunActivity): RunActivity[] {
  const at = runs.findIndex(({ id }) => id >= run.id)
  if (at < 0) return [...runs, run]
  return runs.toSpliced(at, runs[at]?.id === run.id ? 1 : 0, run)
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-?]*[ -/]*[@-~]/g

/** What streamed is in colour and longer than the last of it; but of a run that writes very much not all streams. */
function missing({ output, cut }: RunActivity, tail: string): string {
  if (output === '') return tail
  const last = tail.trimEnd().split('\n').at(-1) ?? ''
  return cut && !output.replaceAll(COLOURS, '').trimEnd().endsWith(last) ? `\n…\n${tail}` : ''
}

function endOf({ output, cut }: RunActivity, more: string): Pick<RunActivity, 'output' | 'cut'> {
  const all = output + more
  if (all.length <= MOST_OUTPUT) return { output: all, cut }
  const end = all.slice(-MOST_OUTPUT)
  // Half of a character is none.
  return { output: /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end, cut: true }
}
