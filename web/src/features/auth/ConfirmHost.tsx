import { useEffect, useRef, useState, type SubmitEvent } from 'react'

import { useReauthenticate } from '@/api/auth'
import { confirmBy } from '@/api/confirm'
import { ApiError, messageOf } from '@/api/error'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Notice } from '@/ui/Notice'
import { PasswordInput } from '@/ui/PasswordInput'

/** Asks for the password where the server wants it again, for whatever was being done. */
export function ConfirmHost() {
  const [open, setOpen] = useState(false)
  const waiting = useRef<((given: boolean) => void)[]>([])
  useEffect(
    () =>
      confirmBy(() => {
        setOpen(true)
        return new Promise((resolve) => waiting.current.push(resolve))
      }),
    [],
  )
  const end = (given: boolean) => {
    setOpen(false)
    for (const resolve of waiting.current.splice(0)) resolve(given)
  }
  return open ? <ConfirmDialog onEnd={end} /> : null
}

function ConfirmDialog({ onEnd }: { onEnd: (given: boolean) => void }) {
  const [password, setPassword] = useState('')
  const reauthenticate = useReauthenticate()
  const problem = reauthenticate.error instanceof ApiError ? reauthenticate.error : null
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    // The form may lie within another one, as a dialog within a dialog.
    event.stopPropagation()
    if (password === '' || reauthenticate.isPending) return
    reauthenticate.mutate({ password }, { onSuccess: () => onEnd(true) })
  }
  return (
    <Dialog
      open
      onOpenChange={() => onEnd(false)}
      title="Confirm that it is you"
      description="This changes how your account or its keys are used, so it needs your password again."
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem?.fields.length === 0 && <Notice tone="danger">{messageOf(problem)}</Notice>}
        <Field label="Password" error={problem?.field('password')}>
          {(aria) => (
            <PasswordInput
              {...aria}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onEnd(false)}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={password === ''} busy={reauthenticate.isPending}>
            {reauthenticate.isPending ? 'Checking' : 'Confirm'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
