import { useState, type SubmitEvent } from 'react'

import { isCode } from '@/api/error'
import { useEnterCode } from '@/api/secondFactor'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'

import { AuthFrame } from './AuthFrame'
import { NotSignedIn } from './NotSignedIn'

const APP = 'The second factor of your account: six digits of your authenticator app.'
const RECOVERY = 'One of the recovery codes that you have kept. Each works once.'

/** The second step of a sign-in: a code of the authenticator app, or one of the recovery codes. */
export function CodeForm({ onBack }: { onBack: () => void }) {
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const [missing, setMissing] = useState<string>()
  const enter = useEnterCode()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (enter.isPending) return
    const given = code.trim()
    setMissing(
      given !== '' ? undefined : recovery ? 'Give one of your recovery codes.' : 'Give the six digits.',
    )
    if (given !== '') {
      enter.mutate(
        { code: given },
        // A code that was not looked at is still good.
        { onError: (error) => isCode(error, 'bad_credentials') && setCode('') },
      )
    }
  }
  const change = () => {
    setRecovery(!recovery)
    setCode('')
    setMissing(undefined)
    enter.reset()
  }

  if (isCode(enter.error, 'sign_in_expired')) {
    return (
      <AuthFrame title="Your code">
        <div className="flex flex-col gap-4">
          <NotSignedIn error={enter.error} />
          {/* The one thing to do now. */}
          {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
          <Button variant="primary" size="lg" autoFocus onClick={onBack}>
            Back to the password
          </Button>
        </div>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title="Your code" lead={recovery ? RECOVERY : APP}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {enter.error && <NotSignedIn error={enter.error} />}
        <Field label={recovery ? 'Recovery code' : 'Code'} error={missing}>
          {(aria) => (
            <Input
              {...aria}
              // Another field, so that nothing of the one before is taken along.
              key={recovery ? 'recovery' : 'code'}
              name={recovery ? 'recovery-code' : 'code'}
              autoComplete={recovery ? 'off' : 'one-time-code'}
              inputMode={recovery ? 'text' : 'numeric'}
              maxLength={recovery ? 40 : 12}
              spellCheck={false}
              // The one thing to do on this page.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={code}
              onChange={(event) => setCode(event.target.value)}
              className="h-10! font-mono"
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={enter.isPending}>
          {enter.isPending ? 'Signing in' : 'Sign in'}
        </Button>
        <div className="flex flex-wrap justify-between gap-2">
          <Button size="sm" variant="ghost" onClick={onBack}>
            Back to the password
          </Button>
          <Button size="sm" variant="ghost" onClick={change}>
            {recovery ? 'Use the app' : 'Use a recovery code'}
          </Button>
        </div>
      </form>
    </AuthFrame>
  )
}
