import { useState, type SubmitEvent } from 'react'
import { Link } from 'react-router'

import { ApiError, isCode, messageOf } from '@/api/error'
import { useResetPassword } from '@/api/signUp'
import { NewPasswordField } from '@/components/NewPasswordField'
import { passwordRules } from '@/components/passwordRules'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'
import { usePageTitle } from '@/ui/usePageTitle'

import { AuthFrame } from './AuthFrame'
import { useLinkToken } from './token'

const NOBODY = { name: '', email: null }

/** Sets a new password by a link that works once. */
export function ResetPage() {
  usePageTitle('Set a new password')
  const token = useLinkToken()
  const [password, setPassword] = useState('')
  const reset = useResetPassword()
  const rules = passwordRules(password, NOBODY)
  const ready = rules.every((rule) => rule.held)

  if (token === null || isCode(reset.error, 'bad_credentials')) {
    return (
      <AuthFrame
        title={token === null ? 'This address needs its link' : 'This link no longer works'}
        lead="A link works once, for an hour, and only the newest one. Open the whole of it, or ask for another."
      >
        <Button asChild variant="primary">
          <Link to={paths.forgot()}>Ask for a link</Link>
        </Button>
      </AuthFrame>
    )
  }
  if (reset.isSuccess) {
    return (
      <AuthFrame
        title="Your new password is set"
        lead="Every browser and program that was signed in as you is signed out."
      >
        <Button asChild variant="primary">
          <Link to={paths.login()}>Sign in</Link>
        </Button>
      </AuthFrame>
    )
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready && !reset.isPending) reset.mutate({ token, password })
  }
  const problem = reset.error instanceof ApiError ? reset.error : null
  return (
    <AuthFrame
      title="Set a new password"
      lead="It signs out every browser and program that is signed in as you."
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem && problem.field('password') === undefined && (
          <Notice tone="danger" title="The password was not set">
            {messageOf(problem)}
          </Notice>
        )}
        <NewPasswordField
          label="New password"
          value={password}
          onChange={setPassword}
          rules={rules}
          error={problem?.field('password')}
        />
        <Button type="submit" variant="primary" size="lg" disabled={!ready} busy={reset.isPending}>
          {reset.isPending ? 'Setting it' : 'Set the password'}
        </Button>
      </form>
    </AuthFrame>
  )
}
