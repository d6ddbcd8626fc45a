import { messageOf } from '@/api/error'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'

import { AuthFrame } from './AuthFrame'

interface NotReadProps {
  title: string
  /** What has to be read before this page can say anything. */
  query: { error: Error | null; isFetching: boolean; refetch: () => unknown }
}

/** A page that does not know yet what to say, and how to ask again. */
export function NotRead({ title, query }: NotReadProps) {
  return (
    <AuthFrame title={title}>
      <Notice tone="danger">{messageOf(query.error)}</Notice>
      <Button variant="primary" className="mt-4" busy={query.isFetching} onClick={() => void query.refetch()}>
        {query.isFetching ? 'Asking this server' : 'Try again'}
      </Button>
    </AuthFrame>
  )
}
