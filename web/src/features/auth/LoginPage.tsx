import { useQuery } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { Link, Navigate, useSearchParams } from 'react-router'

import { instanceQuery, isCodeWanted, sessionQuery, useLogin } from '@/api/auth'
import { paths, safeNext } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { PasswordInput } from '@/ui/PasswordInput'
import { usePageTitle } from '@/ui/usePageTitle'

import { AuthFrame } from './AuthFrame'
import { CodeForm } from './CodeForm'
import { FirstStart } from './FirstStart'
import { NotSignedIn } from './NotSignedIn'

/** Sign-in by e-mail and password; says where the link is for whoever has none yet. */
export function LoginPage() {
  usePageTitle('Sign in')
  const [search] = useSearchParams()
  const session = useQuery(sessionQuery())
  const instance = useQuery(instanceQuery())
  const [codeWanted, setCodeWanted] = useState(false)

  if (session.data) return <Navigate to={safeNext(search.get('next'))} replace />
  if (instance.data?.needs_setup === true) return <FirstStart />
  if (codeWanted) return <CodeForm onBack={() => setCodeWanted(false)} />
  return (
    <AuthFrame
      title="Sign in"
      note={
        <>
          No password yet? Restart QuickVibe where it runs: its terminal prints a link that signs the owner
          in.
        </>
      }
    >
      <LoginForm onCodeWanted={() => setCodeWanted(true)} />
      <p className="mt-4 flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm">
        <Link to={paths.forgot()} className="text-accent-text hover:underline">
          Forgot your password?
        </Link>
        {instance.data?.sign_up === 'open' && (
          <Link to={paths.join()} className="text-accent-text hover:underline">
            Make an account
          </Link>
        )}
      </p>
    </AuthFrame>
  )
}

function LoginForm({ onCodeWanted }: { onCodeWanted: () => void }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({})
  const login = useLogin()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (login.isPending) return
    const gaps = {
      email: email.trim() === '' ? 'Give the e-mail address of your account.' : undefined,
      password: password === '' ? 'Give your password.' : undefined,
    }
    setMissing(gaps)
    if (gaps.email === undefined && gaps.password === undefined) {
      login.mutate(
        { email: email.trim(), password },
        { onSuccess: (answer) => isCodeWanted(answer) && onCodeWanted() },
      )
    }
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {login.error && <NotSignedIn error={login.error} />}
      <Field label="E-mail" error={missing.email}>
        {(aria) => (
          <Input
            {...aria}
            type="email"
            name="email"
            autoComplete="username"
            // The one thing to do on this page.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            className="h-10!"
          />
        )}
      </Field>
      <Field label="Password" error={missing.password}>
        {(aria) => (
          <PasswordInput
            {...aria}
            name="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className="h-10!"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={login.isPending}>
        {login.isPending ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  )
}
