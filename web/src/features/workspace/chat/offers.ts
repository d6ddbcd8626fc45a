import { type TurnState } from '@/stream/state'
import { isActive } from '@/stream/summary'

/**
 * What a person is offered below a finished turn: to answer what the agent asked, to change its plan and build it, to
 * try again what was taken back, or to decide about a version that does not hold.
 */
export type Offer = 'answer' | 'plan' | 'taken_back' | 'keep_or_back'

interface Where {
  /** Only the newest turn goes on. */
  last: boolean
  canEdit: boolean
  /** The project's newest version. */
  head: number | null
}

/** `null` when there is nothing to decide. */
export function offerOf(state: TurnState, { last, canEdit, head }: Where): Offer | null {
  if (isActive(state.status)) return null
  // Why is worth knowing later, too.
  if (state.rolledBack) return 'taken_back'
  if (!last || !canEdit) return null
  if (state.version !== null) {
    const holds = state.verified !== false && state.status !== 'failed'
    return holds || state.version !== head ? null : 'keep_or_back'
  }
  if (state.questions.length > 0) return 'answer'
  return state.mode === 'plan' && state.status === 'done' && state.plan.length > 0 ? 'plan' : null
}
