import { useQuery } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { Link, Navigate } from 'react-router'

import { instanceQuery, sessionQuery } from '@/api/auth'
import { ApiError, isCode, messageOf } from '@/api/error'
import { inviteQuery, useSignUp } from '@/api/signUp'
import { NewPasswordField } from '@/components/NewPasswordField'
import { passwordRules } from '@/components/passwordRules'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { Spinner } from '@/ui/Spinner'
import { usePageTitle } from '@/ui/usePageTitle'

import { AuthFrame } from './AuthFrame'
import { NotRead } from './NotRead'
import { useLinkToken } from './token'

/** Makes an account: by an invitation, or where this server takes whoever asks. */
export function JoinPage() {
  usePageTitle('Make an account')
  const token = useLinkToken()
  const session = useQuery(sessionQuery())
  const instance = useQuery(instanceQuery())
  const invite = useQuery({ ...inviteQuery(token ?? ''), enabled: token !== null })

  const signUp = useSignUp()

  if (session.data) {
    // The session may be known a moment before the answer that made it.
    if (signUp.isPending || signUp.isSuccess) return <Navigate to={paths.home()} replace />
    return (
      <AuthFrame
        title={`You are signed in as ${session.data.account.name}`}
        lead={
          token === null
            ? undefined
            : 'An invitation makes an account of its own: sign out to use it, and open its link again.'
        }
      >
        <Button asChild variant="primary">
          <Link to={paths.home()}>Go to your apps</Link>
        </Button>
      </AuthFrame>
    )
  }
  if (session.isPending || instance.isPending || (token !== null && invite.isPending)) {
    return (
      <AuthFrame title="Make an account">
        <Spinner>{token === null ? 'Asking this server' : 'Reading your invitation'}</Spinner>
      </AuthFrame>
    )
  }
  if (invite.isError) {
    const gone = isCode(invite.error, 'bad_credentials', 'forbidden')
    if (!gone) return <NotRead title="The invitation was not read" query={invite} />
    return (
      <AuthFrame title="This invitation no longer works">
        <Notice tone="danger">{messageOf(invite.error)}</Notice>
        <SignIn />
      </AuthFrame>
    )
  }
  if (token === null && instance.data === undefined) {
    return <NotRead title="This server did not say who may join" query={instance} />
  }
  if (token === null && instance.data?.sign_up !== 'open') {
    return (
      <AuthFrame
        title="You need an invitation"
        lead="Accounts on this server are made by invitation. Whoever runs it can send you a link; open the whole of it."
      >
        <SignIn />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Make an account"
      lead={invite.data ? 'You are invited to build apps here.' : undefined}
      note={
        <>
          Have an account?{' '}
          <Link to={paths.login()} className="text-accent-text hover:underline">
            Sign in
          </Link>
        </>
      }
    >
      <JoinForm signUp={signUp} invite={token ?? undefined} address={invite.data?.email ?? null} />
    </AuthFrame>
  )
}

const SignIn = () => (
  <Button asChild className="mt-4">
    <Link to={paths.login()}>Sign in with a password</Link>
  </Button>
)

interface JoinFormProps {
  signUp: ReturnType<typeof useSignUp>
  invite: string | undefined
  /** The address that the invitation is for. */
  address: string | null
}

function JoinForm({ signUp, invite, address }: JoinFormProps) {
  const [name, setName] = useState('')
  const [typed, setTyped] = useState('')
  const [password, setPassword] = useState('')
  const email = address ?? typed.trim()
  const rules = passwordRules(password, { name, email })
  const problem = signUp.error instanceof ApiError ? signUp.error : null
  const ready = name.trim() !== '' && email !== '' && rules.every((rule) => rule.held)

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready && !signUp.isPending) signUp.mutate({ email, name: name.trim(), password, invite })
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {problem?.fields.length === 0 && (
        <Notice tone="danger" title="No account was made">
          {messageOf(problem)}
        </Notice>
      )}
      <Field label="Name" hint="What others see." error={problem?.field('name')}>
        {(aria) => (
          <Input
            {...aria}
            name="name"
            autoComplete="name"
            maxLength={80}
            // The first thing to do on this page.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
            className="h-10!"
          />
        )}
      </Field>
      <Field
        label="E-mail"
        hint={address === null ? 'What you sign in with.' : 'Your invitation is for this address.'}
        error={problem?.field('email')}
      >
        {(aria) => (
          <Input
            {...aria}
            type="email"
            name="email"
            autoComplete="username"
            maxLength={254}
            readOnly={address !== null}
            value={address ?? typed}
            onChange={(event) => setTyped(event.target.value)}
            className="h-10!"
          />
        )}
      </Field>
      <NewPasswordField
        label="Password"
        value={password}
        onChange={setPassword}
        rules={rules}
        error={problem?.field('password')}
      />
      <Button type="submit" variant="primary" size="lg" disabled={!ready} busy={signUp.isPending}>
        {signUp.isPending ? 'Making your account' : 'Make my account'}
      </Button>
    </form>
  )
}
