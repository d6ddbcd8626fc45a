import { Link, useRouteError } from 'react-router'

import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'

import { paths } from '@/components/paths'

interface RouteErrorProps {
  /** It stands inside the frame, which has its own main region. */
  framed?: boolean
}

/** A route that failed: code that did not load, or a fault of ours. */
export function RouteError({ framed = false }: RouteErrorProps) {
  const error = useRouteError()
  // After an update the old page asks for parts that are gone; loading it again fetches the new ones.
  const stale =
    error instanceof Error && /dynamically imported module|Importing a module/i.test(error.message)
  const Region = framed ? 'div' : 'main'
  return (
    <Region className="grid h-full flex-1 place-items-center">
      <ErrorState
        title={stale ? 'QuickVibe was updated' : 'This page stopped working'}
        error={stale ? new Error('Load the page again to use the new version.') : error}
        safe="Your projects are safe on the server."
        action={
          <>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Load again
            </Button>
            <Button asChild>
              <Link to={paths.home()} reloadDocument>
                Go home
              </Link>
            </Button>
          </>
        }
      />
    </Region>
  )
}
