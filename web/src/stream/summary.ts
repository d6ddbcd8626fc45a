import { type Generation, type TokenUsage } from '@/api/generated/wire'

import { initialTurn, type TurnState } from './state'

/** A finished turn as its summary tells it: the same shape as a live one, without what only streams. */
export function turnFromGeneration(generation: Generation): TurnState {
  const { summary } = generation
  return {
    ...initialTurn,
    seq: generation.last_seq,
    status: generation.status,
    mode: generation.mode,
    model: generation.model,
    startedAt: generation.started_at ?? generation.queued_at,
    endedAt: generation.finished_at,
    plan: summary?.plan ?? [],
    files:
      summary?.files.map((f) => ({
        ...f,
        from: null,
        state: summary.rolled_back !== null && summary.version === null ? 'taken_back' : 'applied',
        text: '',
        lines: 0,
        reason: null,
      })) ?? [],
    played: summary?.roles.map(({ role }) => role).filter((role, i, all) => all.indexOf(role) === i) ?? [],
    smoke: summary?.smoke ?? [],
    review: summary?.review ? { ok: summary.review.length === 0, findings: summary.review } : null,
    screenshot: summary?.screenshot ?? null,
    questions: summary?.questions ?? [],
    rolledBack: summary?.rolled_back ? { reason: summary.rolled_back, paths: [] } : null,
    repairs: Array.from({ length: summary?.repairs ?? 0 }, (_, i) => ({
      round: i + 1,
      reason: '',
      after: 0,
    })),
    version: summary?.version ?? null,
    verified: summary?.verified ?? null,
    error: summary?.error
      ? { code: summary.error, message: summary.error_message ?? '', retryable: true }
      : null,
  }
}

/** Tokens and money of a turn. */
export interface TurnCost {
  /** Sent, from caches or not. */
  input: number
  output: number
  /** Billionths of a dollar; `null` when no price is known. */
  nanousd: number | null
  /** Whether any call has been settled: before that there is an estimate of tokens and no price. */
  settled: boolean
  /** Some of it is our own estimate. */
  estimated: boolean
  /** What repairs cost: not charged to the allowance. */
  repairNanousd: number
}

/** `null` when no model was called. */
export function costOf(turn: TurnState, generation: Generation | null): TurnCost | null {
  const { summary } = generation ?? {}
  if (turn.steps.length + turn.spent.length === 0) {
    if (!summary?.usage) return null
    return {
      input: sent(summary.usage),
      output: summary.usage.output,
      nanousd: summary.cost_nanousd,
      settled: true,
      estimated: !summary.usage.reported,
      repairNanousd: 0,
    }
  }
  const cost: TurnCost = {
    input: 0,
    output: 0,
    nanousd: null,
    settled: false,
    estimated: false,
    repairNanousd: 0,
  }
  for (const step of [...turn.spent.map((call) => ({ ...call, inputTokens: 0 })), ...turn.steps]) {
    cost.input += step.usage ? sent(step.usage) : step.inputTokens
    cost.output += step.usage?.output ?? 0
    cost.estimated ||= !step.usage?.reported
    cost.settled ||= step.usage !== null
    if (step.costNanousd === null) continue
    cost.nanousd = (cost.nanousd ?? 0) + step.costNanousd
    if (step.kind === 'repair') cost.repairNanousd += step.costNanousd
  }
  return cost
}

const sent = (usage: TokenUsage): number => usage.input + usage.cache_read + usage.cache_write

/** How long it has taken, in milliseconds. */
export function elapsedMs(turn: TurnState, generation: Generation | null, now: number): number {
  if (generation?.summary && turn.endedAt === generation.finished_at) return generation.summary.duration_ms
  if (turn.startedAt === null) return 0
  const end = turn.endedAt === null ? now : Date.parse(turn.endedAt)
  return Math.max(0, end - Date.parse(turn.startedAt))
}

export const isActive = (status: TurnState['status']): boolean => status === 'queued' || status === 'running'
