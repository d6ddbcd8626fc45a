import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link, Navigate } from 'react-router'

import { instanceQuery, sessionQuery, useSetup } from '@/api/auth'
import { isCode, messageOf } from '@/api/error'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { Spinner } from '@/ui/Spinner'
import { usePageTitle } from '@/ui/usePageTitle'

import { AuthFrame } from './AuthFrame'
import { FirstStart } from './FirstStart'
import { useLinkToken } from './token'

/** Redeems the printed link, once, and goes home. */
export function SetupPage() {
  usePageTitle('Welcome')
  const token = useLinkToken()
  const session = useQuery({ ...sessionQuery(), enabled: token === null })
  const instance = useQuery({ ...instanceQuery(), enabled: token === null })
  const setup = useSetup()
  const { mutate } = setup
  const sent = useRef<string | null>(null)

  useEffect(() => {
    // A link works once: React's second run in development must not use it up.
    if (token === null || sent.current === token) return
    sent.current = token
    mutate({ token })
  }, [token, mutate])

  if (setup.isSuccess || (token === null && session.data)) return <Navigate to={paths.home()} replace />
  if (token === null) {
    if (instance.data?.needs_setup === true) return <FirstStart />
    return session.isPending || instance.isPending ? (
      <AuthFrame title="Welcome">
        <Spinner>Looking for your session</Spinner>
      </AuthFrame>
    ) : (
      <AuthFrame
        title="This address needs its link"
        lead="The terminal where QuickVibe runs prints a link that ends in a long token. Open the whole of it. If it is gone, restart QuickVibe to print a new one."
      >
        <SignIn />
      </AuthFrame>
    )
  }
  if (setup.isError) {
    const used = isCode(setup.error, 'bad_credentials')
    return (
      <AuthFrame title={used ? 'This link no longer works' : 'The link was not redeemed'}>
        <Notice tone="danger">{messageOf(setup.error)}</Notice>
        <p className="mt-3 text-sm text-ink-muted">Nothing was changed, and your projects are safe.</p>
        <div className="mt-4 flex flex-wrap gap-2">
          {!used && (
            <Button variant="primary" onClick={() => mutate({ token })}>
              Try again
            </Button>
          )}
          <SignIn primary={used} />
        </div>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title="Welcome">
      <Spinner>Opening your workshop</Spinner>
    </AuthFrame>
  )
}

const SignIn = ({ primary = false }: { primary?: boolean }) => (
  <Button asChild variant={primary ? 'primary' : 'secondary'}>
    <Link to={paths.login()}>Sign in with a password</Link>
  </Button>
)
