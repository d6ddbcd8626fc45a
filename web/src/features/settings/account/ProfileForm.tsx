import { useState, type SubmitEvent } from 'react'

import { useUpdateAccount } from '@/api/auth'
import { ApiError, messageOf } from '@/api/error'
import { type Account } from '@/api/generated/wire'
import { Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { notify } from '@/ui/toast'

/** Name and e-mail address. */
export function ProfileForm({ account }: { account: Account }) {
  const [name, setName] = useState(account.name)
  const [email, setEmail] = useState(account.email ?? '')
  const update = useUpdateAccount()
  const problem = update.error instanceof ApiError ? update.error : null
  const newName = name.trim() !== account.name ? name.trim() : undefined
  const newEmail = email.trim() !== (account.email ?? '') ? email.trim() : undefined
  const changed = newName !== undefined || newEmail !== undefined

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!changed || update.isPending) return
    update.mutate({ name: newName, email: newEmail }, { onSuccess: () => notify('Account saved') })
  }

  return (
    <Panel title="Profile">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem?.fields.length === 0 && (
          <Notice tone="danger" title="The account was not saved">
            {messageOf(problem)}
          </Notice>
        )}
        <Field label="Name" hint="What others see." error={problem?.field('name')}>
          {(aria) => (
            <Input
              {...aria}
              autoComplete="name"
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.target.value)}
              className="max-w-md"
            />
          )}
        </Field>
        <Field label="E-mail" hint="What you sign in with." error={problem?.field('email')}>
          {(aria) => (
            <Input
              {...aria}
              type="email"
              autoComplete="email"
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className="max-w-md"
            />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" disabled={!changed} busy={update.isPending}>
            {update.isPending ? 'Saving' : 'Save'}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
