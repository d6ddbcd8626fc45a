import { isCode, messageOf } from '@/api/error'
import { Notice } from '@/ui/Notice'

/** Why a sign-in was refused, and how long to wait for the next attempt. */
export function NotSignedIn({ error }: { error: Error }) {
  const wait = isCode(error, 'rate_limited') ? error.retryAfter : null
  return (
    <Notice tone="danger" title="You are not signed in">
      {messageOf(error)}
      {wait !== null && ` Wait ${wait} seconds.`}
    </Notice>
  )
}
