import { useState, type SubmitEvent } from 'react'

import { isCode, messageOf } from '@/api/error'
import { useEnterCode } from '@/api/secondFactor'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'

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
    if (given !== '') enter.mutate({ code: given }, { onError: () => setCode('') })
  }
  const change = () => {
    setRecovery(!recovery)
    setCode('')
    setMissing(undefined)
    enter.reset()
  }

  const wait = isCode(enter.error, 'rate_limited') ? enter.error.retryAfter : null
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {enter.error && (
        <Notice tone="danger" title="You are not signed in">
          {messageOf(enter.error)}
          {wait !== null && ` Wait ${wait} seconds.`}
        </Notice>
      )}
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
  )
}
