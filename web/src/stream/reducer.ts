import { type Event } from '@/api/generated/wire'

import { initialTurn, type FileActivity, type TurnState } from './state'

/**
 * The next state. Pure. An event that is already in (a reconnect replays some) or that would leave a hole
 * changes nothing, so the same log gives the same state however it was cut and resumed.
 */
export function apply(state: TurnState, event: Event): TurnState {
  if (event.seq !== state.seq + 1) return state
  const next = event.type === 'superseded' ? supersede(state, event.from_seq) : step(state, event)
  return { ...next, seq: event.seq, past: { event, before: next.past } }
}

export const applyAll = (state: TurnState, events: readonly Event[]): TurnState => events.reduce(apply, state)

/** Folds the log again without what came from `from` on. */
function supersede(state: TurnState, from: number): TurnState {
  const kept: Event[] = []
  for (let past = state.past; past; past = past.before) if (past.event.seq < from) kept.push(past.event)
  return kept.reduceRight<TurnState>(
    (sum, event) => ({ ...step(sum, event), past: { event, before: sum.past } }),
    { ...initialTurn, attempt: state.attempt },
  )
}

function step(state: TurnState, event: Event): TurnState {
  switch (event.type) {
    case 'generation_started':
      return { ...state, mode: event.mode, model: event.model, startedAt: event.at }
    case 'starter_chosen':
      return { ...running(state), starter: { id: event.starter, title: event.title, reason: event.reason } }
    case 'role_changed':
      return { ...running(state), role: { role: event.role, note: event.note } }
    case 'step_started':
      return {
        ...running(state),
        steps: [
          ...state.steps,
          {
            step: event.step,
            kind: event.kind,
            filesSent: event.files_sent,
            filesTotal: event.files_total,
            inputTokens: event.input_tokens,
            usage: null,
            costNanousd: null,
          },
        ],
      }
    case 'plan':
      return { ...state, plan: event.items }
    case 'thinking_delta':
      return { ...running(state), thinking: state.thinking + event.text }
    case 'text_delta':
      return { ...running(state), thinking: '', text: state.text + event.text }
    case 'file_opened':
    case 'file_delta':
    case 'file_closed':
    case 'edit_applied':
    case 'edit_failed':
      return { ...running(state), files: fileStep(state.files, event) }
    case 'check_started':
      return {
        ...running(state),
        checks: [...state.checks, { check: event.check, state: 'running', diagnostics: [] }],
      }
    case 'check_finished': {
      const finished = {
        check: event.check,
        state: event.ok ? ('ok' as const) : ('failed' as const),
        diagnostics: event.diagnostics,
      }
      const open = state.checks.findLastIndex((c) => c.check === event.check && c.state === 'running')
      return { ...state, checks: open < 0 ? [...state.checks, finished] : state.checks.with(open, finished) }
    }
    case 'repair_started':
      return { ...state, repairs: [...state.repairs, { round: event.round, reason: event.reason }] }
    case 'usage': {
      const at = state.steps.findLastIndex((s) => s.step === event.step)
      const old = state.steps[at]
      if (!old) return state
      return {
        ...state,
        steps: state.steps.with(at, { ...old, usage: event.usage, costNanousd: event.cost_nanousd }),
      }
    }
    case 'budget_alert':
      return { ...state, budget: { percent: event.percent, budget: event.budget } }
    case 'sandbox_decided':
      return { ...state, sandbox: { engine: event.engine, reason: event.reason } }
    case 'preview_ready':
      return { ...state, previewsReady: state.previewsReady + 1 }
    case 'version_created':
      return { ...state, version: event.version, verified: event.verified }
    case 'resumed':
      return { ...running(state), attempt: event.attempt }
    case 'failed':
      return {
        ...ended(state, 'failed', event.at),
        error: { code: event.code, message: event.message, retryable: event.retryable },
      }
    case 'cancelled':
      return ended(state, 'cancelled', event.at)
    case 'done':
      return { ...ended(state, 'done', event.at), version: event.version, verified: event.verified }
    case 'superseded':
      return state
    default:
      // A type that a newer server knows: kept in the count, shown by nobody.
      return state
  }
}

const running = (state: TurnState): TurnState =>
  state.status === 'queued' ? { ...state, status: 'running' } : state

/** Nothing goes on after the final event: what was under way did not finish. */
function ended(state: TurnState, status: TurnState['status'], at: string): TurnState {
  return {
    ...state,
    status,
    endedAt: at,
    thinking: '',
    files: state.files.map((f) =>
      f.state === 'writing' || (f.state === 'written' && status !== 'done')
        ? { ...f, state: 'failed', reason: 'Not finished' }
        : f,
    ),
    checks: state.checks.filter((c) => c.state !== 'running'),
  }
}

type FileEvent = Extract<
  Event,
  { type: 'file_opened' | 'file_delta' | 'file_closed' | 'edit_applied' | 'edit_failed' }
>

function fileStep(files: FileActivity[], event: FileEvent): FileActivity[] {
  const at = files.findIndex((f) => f.path === event.path)
  const old = files[at]
  const put = (file: FileActivity) => (at < 0 ? [...files, file] : files.with(at, file))
  const base: FileActivity = old ?? {
    path: event.path,
    from: null,
    op: 'op' in event ? event.op : 'write',
    state: 'writing',
    text: '',
    lines: 0,
    added: 0,
    removed: 0,
    reason: null,
  }
  switch (event.type) {
    case 'file_opened': {
      // Several replacements in one file follow each other; anything else begins the file anew.
      const goesOn = event.op === 'replace' && base.state === 'written' && base.op === 'replace'
      const text = goesOn ? `${base.text}\n` : ''
      return put({
        ...base,
        op: event.op,
        state: 'writing',
        reason: null,
        text,
        lines: goesOn ? base.lines : 0,
      })
    }
    case 'file_delta':
      return put({ ...base, text: base.text + event.text, lines: base.lines + newlines(event.text) })
    case 'file_closed':
      return put({
        ...base,
        state: 'written',
        lines: base.text !== '' && !base.text.endsWith('\n') ? base.lines + 1 : base.lines,
      })
    case 'edit_applied':
      return put({
        ...base,
        from: event.from ?? base.from,
        op: event.op,
        state: 'applied',
        reason: null,
        added: base.added + event.added,
        removed: base.removed + event.removed,
      })
    case 'edit_failed':
      return put({ ...base, state: 'failed', reason: event.reason })
  }
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
