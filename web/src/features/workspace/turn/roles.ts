import { FlaskConical, Hammer, ListTodo, ScanSearch, type LucideIcon } from 'lucide-react'

import { type AgentRole } from '@/api/generated/wire'

export const ROLES: Record<AgentRole, { label: string; icon: LucideIcon }> = {
  planner: { label: 'Planner', icon: ListTodo },
  builder: { label: 'Builder', icon: Hammer },
  reviewer: { label: 'Reviewer', icon: ScanSearch },
  tester: { label: 'Tester', icon: FlaskConical },
}
