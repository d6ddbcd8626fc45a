import { useState, type SubmitEvent } from 'react'

import { useChangePassword } from '@/api/auth'
import { ApiError, messageOf } from '@/api/error'
import { type Account } from '@/api/generated/wire'
import { NewPasswordField } from '@/components/NewPasswordField'
import { Panel } from '@/components/Panel'
import { passwordRules } from '@/components/passwordRules'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Notice } from '@/ui/Notice'
import { PasswordInput } from '@/ui/PasswordInput'
import { notify } from '@/ui/toast'

/** Sets a password or changes it. */
export function PasswordForm({ account }: { account: Account }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useChangePassword()
  const rules = passwordRules(next, account)
  const problem = change.error instanceof ApiError ? change.error : null
  const told = problem?.field('current') ?? problem?.field('new')
  const ready =
    account.email !== null && rules.every((rule) => rule.held) && (!account.has_password || current !== '')

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!ready || change.isPending) return
    change.mutate(
      { current: account.has_password ? current : undefined, new: next },
      {
        onSuccess: () => {
          notify('Password saved. Your other sessions and API tokens have ended')
          setCurrent('')
          setNext('')
        },
      },
    )
  }

  return (
    <Panel
      title="Password"
      lead={
        account.has_password
          ? 'Changing it signs out your other sessions and ends your API tokens.'
          : 'You have none: only a link printed by the terminal signs you in.'
      }
    >
      {account.email === null && (
        <Notice className="mb-4">Save an e-mail address above first: you sign in with both.</Notice>
      )}
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem && told === undefined && (
          <Notice tone="danger" title="The password was not saved">
            {messageOf(problem)} {problem.fields.map((field) => field.message).join(' ')}
          </Notice>
        )}
        {/* Tells password managers whose password this is. */}
        <input
          hidden
          type="email"
          name="username"
          autoComplete="username"
          value={account.email ?? ''}
          readOnly
        />
        {account.has_password && (
          <Field label="Current password" error={problem?.field('current')}>
            {(aria) => (
              <div className="max-w-md">
                <PasswordInput
                  {...aria}
                  autoComplete="current-password"
                  value={current}
                  onChange={(event) => setCurrent(event.target.value)}
                />
              </div>
            )}
          </Field>
        )}
        <NewPasswordField
          label="New password"
          value={next}
          onChange={setNext}
          rules={rules}
          error={problem?.field('new')}
          disabled={account.email === null}
          className="max-w-md"
        />
        <div>
          <Button type="submit" variant="primary" disabled={!ready} busy={change.isPending}>
            {change.isPending ? 'Saving' : account.has_password ? 'Change password' : 'Set password'}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
