import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useLocation } from 'react-router'

import { instanceQuery, sessionQuery } from '@/api/auth'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'

import { paths } from '@/components/paths'

/** Shows what is inside to people who are signed in, and the way to sign in to others. */
export function SessionGate() {
  const session = useQuery(sessionQuery())
  const instance = useQuery({ ...instanceQuery(), enabled: session.data === null })
  const location = useLocation()

  if (session.isPending || (session.data === null && instance.isPending)) {
    return (
      <main className="grid h-full place-items-center">
        <Spinner className="animate-appear">Opening QuickVibe</Spinner>
      </main>
    )
  }
  if (session.isError) {
    return (
      <main className="grid h-full place-items-center">
        <ErrorState
          title="QuickVibe did not open"
          error={session.error}
          safe="Your projects are safe on the server."
          retry={() => void session.refetch()}
        />
      </main>
    )
  }
  if (session.data === null) {
    if (instance.data?.needs_setup === true) return <Navigate to={paths.setup()} replace />
    return <Navigate to={paths.login(location.pathname + location.search)} replace />
  }
  return <Outlet />
}
