import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useLocation } from 'react-router'

import { instanceQuery, sessionQuery, useClearSession } from '@/api/auth'
import { ConfirmHost } from '@/features/auth/ConfirmHost'
import { PaletteHost } from '@/features/palette/PaletteHost'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'

import { paths } from '@/components/paths'

/** Shows what is inside to people who are signed in, and the way to sign in to others. */
export function SessionGate() {
  const session = useQuery(sessionQuery())
  const instance = useQuery({ ...instanceQuery(), enabled: session.data === null })
  const clear = useClearSession()
  const location = useLocation()

  if (session.isPending || (session.data === null && instance.isPending)) {
    return (
      <main className="grid h-full place-items-center">
        <Spinner className="animate-appear">Opening QuickVibe</Spinner>
      </main>
    )
  }
  // A refresh that failed while one is signed in changes nothing: the offline bar tells of it.
  if (session.isError && session.data === undefined) {
    return (
      <main className="grid h-full place-items-center">
        <ErrorState
          title="QuickVibe did not open"
          error={session.error}
          safe="Your projects are safe on the server."
          retry={() => void session.refetch()}
          action={
            // A cookie that the server cannot read would fail for ever: this is the way out.
            <Button busy={clear.isPending} onClick={() => clear.mutate()}>
              {clear.isPending ? 'Clearing the session' : 'Sign in again'}
            </Button>
          }
        />
      </main>
    )
  }
  if (session.data === null) {
    if (instance.data?.needs_setup === true) return <Navigate to={paths.setup()} replace />
    return <Navigate to={paths.login(location.pathname + location.search)} replace />
  }
  return (
    <>
      <Outlet />
      <PaletteHost />
      <ConfirmHost />
    </>
  )
}
