import { type AgentRole, type Generation, type RoleUsage, type StepKind } from '@/api/generated/wire'

import { type TurnState } from './state'

const ROLES: Partial<Record<StepKind, AgentRole>> = { plan: 'planner', review: 'reviewer', test: 'tester' }

/** Whose part of the work a call is, where the call does not say it. */
export const roleOf = (kind: StepKind): AgentRole => ROLES[kind] ?? 'builder'

/**
 * What each part of the agent's took, in the order in which they began: as the server sums it up, and until then what
 * has been settled.
 */
export function roleCosts(turn: TurnState, generation: Generation | null): RoleUsage[] {
  const told = generation?.summary?.roles ?? []
  if (told.length > 0) return told
  const rows: RoleUsage[] = []
  for (const { role, model: named, usage, costNanousd } of [...turn.spent, ...turn.steps]) {
    if (!usage) continue
    const model = named ?? ''
    const at = rows.findIndex((row) => row.role === role && row.model === model)
    const old = rows[at]
    if (!old) {
      rows.push({ role, model, calls: 1, usage, cost_nanousd: costNanousd })
      continue
    }
    rows[at] = {
      ...old,
      calls: old.calls + 1,
      usage: {
        input: old.usage.input + usage.input,
        output: old.usage.output + usage.output,
        cache_read: old.usage.cache_read + usage.cache_read,
        cache_write: old.usage.cache_write + usage.cache_write,
        reported: old.usage.reported && usage.reported,
      },
      cost_nanousd: costNanousd === null ? old.cost_nanousd : (old.cost_nanousd ?? 0) + costNanousd,
    }
  }
  return rows
}
