import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react'

import { type BuildStatus } from '@/api/generated/wire'
import { Badge } from '@/ui/Badge'

/** Whether a version's checks held; nothing when none ran. */
export function VerifiedBadge({ verified }: { verified: boolean | null }) {
  if (verified === null) return null
  return verified ? (
    <Badge
      tone="ok"
      icon={<CircleCheck aria-hidden />}
      title="It compiled, and the preview reported no error"
    >
      verified
    </Badge>
  ) : (
    <Badge tone="warn" icon={<TriangleAlert aria-hidden />} title="A check found a problem">
      not verified
    </Badge>
  )
}

const STATES: Record<BuildStatus, React.ReactNode> = {
  none: null,
  building: (
    <Badge tone="accent" icon={<CircleDashed aria-hidden />}>
      building
    </Badge>
  ),
  verified: <VerifiedBadge verified />,
  unverified: <VerifiedBadge verified={false} />,
  failed: (
    <Badge tone="danger" icon={<TriangleAlert aria-hidden />}>
      failed
    </Badge>
  ),
}

/** How a project's last build went. */
export const BuildBadge = ({ status }: { status: BuildStatus }) => STATES[status]
