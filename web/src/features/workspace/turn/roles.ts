import { Bot, FlaskConical, Hammer, ListTodo, ScanSearch, type LucideIcon } from 'lucide-react'

import { type AgentRole } from '@/api/generated/wire'

const ROLES: Record<AgentRole, { label: string; icon: LucideIcon }> = {
  planner: { label: 'Planner', icon: ListTodo },
  builder: { label: 'Builder', icon: Hammer },
  reviewer: { label: 'Reviewer', icon: ScanSearch },
  tester: { label: 'Tester', icon: FlaskConical },
}

/** How a part of the agent's is shown; one that only a newer server knows by its own word. */
export const roleLook = (role: AgentRole): { label: string; icon: LucideIcon } =>
  Object.hasOwn(ROLES, role) ? ROLES[role] : { label: role, icon: Bot }

/** A model's name without its provider's. */
export const modelName = (id: string): string => id.slice(id.indexOf('/') + 1)
