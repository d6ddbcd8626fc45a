import { useQuery } from '@tanstack/react-query'
import { ShieldAlert } from 'lucide-react'

import { findingsQuery } from '@/api/checks'
import { Button } from '@/ui/Button'
import { plural } from '@/ui/format'
import { Tooltip } from '@/ui/Tooltip'

import { useWorkspace } from '../context'
import { countOf } from './words'

/** How many critical findings there are; nothing while there is none. */
export function CriticalBadge() {
  const { project, canEdit, showPanel } = useWorkspace()
  const { data } = useQuery({
    ...findingsQuery(project.id, project.head_version),
    enabled: canEdit && project.head_version !== null,
    // A new version is looked at in its turn: until then the last word stands.
    placeholderData: (before) => before,
  })
  const critical = countOf(data?.items ?? [], 'critical')
  if (critical === 0) return null
  const label = plural(critical, 'critical finding')
  return (
    <Tooltip label={`${label}: look at ${critical === 1 ? 'it' : 'them'}`} shortcut="alt+5">
      <Button
        size="sm"
        variant="ghost"
        aria-label={label}
        className="px-1.5! text-danger! tnum"
        onClick={() => showPanel('findings')}
      >
        <ShieldAlert aria-hidden />
        {critical}
      </Button>
    </Tooltip>
  )
}
