import { type Event } from '@/api/generated/wire'

import { fileStep, takeBack } from './files'
import { roleOf } from './roles'
import { endRuns, runStep } from './runs'
import { initialTurn, type StepActivity, type TurnState } from './state'

/**
 * The next state. Pure. An event that is already in (a reconnect replays some) or that would leave a hole
 * changes nothing, so the same log gives the same state however it was cut and resumed.
 */
export function apply(state: TurnState, event: Event): TurnState {
  if (event.seq !== state.seq + 1) return state
  if (event.type === 'superseded') return { ...supersede(state, event.from_seq), seq: event.seq }
  return { ...fold(state, event), seq: event.seq }
}

export const applyAll = (state: TurnState, events: readonly Event[]): TurnState => events.reduce(apply, state)

function fold(state: TurnState, event: Event): TurnState {
  // Whatever happens ends a wait; the bill of a call that broke off says nothing about what goes on.
  const notice = event.type === 'usage' ? state.notice : null
  return { ...step({ ...state, notice }, event), past: { event, before: state.past } }
}

/**
 * Folds again without what came from `from` on. What an earlier one made void is in `past` no more, so it stays
 * void. What was paid and how often the turn changed hands stays true.
 */
function supersede(state: TurnState, from: number): TurnState {
  const kept: Event[] = []
  for (let past = state.past; past; past = past.before) {
    const { seq, type } = past.event
    if (seq < from || type === 'usage' || type === 'budget_alert' || type === 'resumed') kept.push(past.event)
  }
  return kept.reduceRight(fold, initialTurn)
}

function step(state: TurnState, event: Event): TurnState {
  switch (event.type) {
    case 'generation_started':
      return { ...state, mode: event.mode, model: event.model, startedAt: event.at }
    case 'queue_position':
      return { ...state, notice: { kind: 'queued', position: event.position } }
    case 'starter_chosen':
      return { ...running(state), starter: { id: event.starter, title: event.title, reason: event.reason } }
    case 'role_changed':
      return {
        ...running(state),
        role: { role: event.role, note: event.note },
        played: state.played.includes(event.role) ? state.played : [...state.played, event.role],
      }
    case 'step_started':
      return {
        ...running(state),
        steps: [
          ...state.steps,
          {
            step: event.step,
            kind: event.kind,
            role: event.role ?? roleOf(event.kind),
            model: event.model ?? state.model,
            filesSent: event.files_sent,
            filesTotal: event.files_total,
            files: event.files ?? [],
            inputTokens: event.input_tokens,
            usage: null,
            costNanousd: null,
          },
        ],
      }
    case 'retrying': {
      const { attempt, reason, at, wait_ms: waitMs } = event
      return { ...running(state), notice: { kind: 'retrying', attempt, reason, at, waitMs } }
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
    case 'screenshot':
      return { ...state, screenshot: event.image }
    case 'smoke_finished':
      return { ...state, smoke: event.results }
    case 'review_finished':
      return { ...state, review: { ok: event.ok, findings: event.findings } }
    case 'questions':
      return { ...running(state), questions: event.items }
    case 'rolled_back':
      return {
        ...state,
        rolledBack: { reason: event.reason, paths: event.paths },
        files: takeBack(state.files, event.paths),
      }
    case 'suggested':
      return {
        ...running(state),
        suggested: [
          ...state.suggested.filter(({ path }) => path !== event.path),
          { path: event.path, reason: event.reason },
        ],
      }
    case 'repair_started': {
      const { round, reason } = event
      return { ...state, repairs: [...state.repairs, { round, reason, after: state.checks.length }] }
    }
    case 'tool_started':
    case 'tool_output':
    case 'tool_finished':
    case 'permission_asked':
    case 'permission_answered':
      return { ...running(state), runs: runStep(state.runs, event) }
    case 'usage':
      return usageStep(state, event)
    case 'budget_alert':
      return {
        ...state,
        budget: { purse: event.purse, percent: event.percent, limitNanousd: event.limit_nanousd },
      }
    case 'sandbox_decided':
      return { ...state, sandbox: { engine: event.engine, reason: event.reason } }
    case 'preview_ready':
      return { ...state, previewsReady: state.previewsReady + 1 }
    case 'version_created':
      return { ...state, version: event.version, verified: event.verified }
    case 'resumed':
      return { ...running(state), attempt: event.attempt, notice: { kind: 'resumed' } }
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

/** What a call took belongs to its step; what a step took that is void or was begun again is paid all the same. */
function usageStep(state: TurnState, event: Extract<Event, { type: 'usage' }>): TurnState {
  const { kind, usage, cost_nanousd: costNanousd } = event
  const at = state.steps.findLastIndex((s) => s.step === event.step)
  const old = state.steps[at]
  if (!old) {
    const call = { kind, role: roleOf(kind), model: state.model, usage, costNanousd }
    return { ...state, spent: [...state.spent, call] }
  }
  return {
    ...state,
    steps: state.steps.with(at, { ...old, usage, costNanousd }),
    spent: old.usage ? [...state.spent, { ...callOf(old), usage: old.usage }] : state.spent,
  }
}

const callOf = ({ kind, role, model, costNanousd }: StepActivity) => ({ kind, role, model, costNanousd })

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
    runs: endRuns(state.runs),
  }
}
