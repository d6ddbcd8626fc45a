import { useInfiniteQuery } from '@tanstack/react-query'

import { activityQuery } from '@/api/admin'
import { AuditList } from '@/components/AuditList'
import { PageHead } from '@/components/Panel'
import { usePageTitle } from '@/ui/usePageTitle'

/** What one did oneself, and what was done to one. */
export function ActivityPage() {
  usePageTitle('Activity')
  const entries = useInfiniteQuery(activityQuery())
  return (
    <>
      <PageHead
        title="Activity"
        lead="Your sign-ins and what was changed for your account. If something here was not you, change your password."
      />
      <AuditList entries={entries} empty="What you do from now on is told here." />
    </>
  )
}
