import { Compass } from 'lucide-react'
import { Link } from 'react-router'

import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { usePageTitle } from '@/ui/usePageTitle'

import { paths } from '@/components/paths'

export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <div className="grid flex-1 place-items-center">
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={<Compass />}
        title="There is nothing at this address"
        action={
          <Button asChild variant="primary">
            <Link to={paths.home()}>Go home</Link>
          </Button>
        }
      >
        The project may have been deleted, or the link may be incomplete.
      </EmptyState>
    </div>
  )
}
