import { useQuery } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'

import { instanceQuery } from '@/api/auth'
import { ApiError, messageOf } from '@/api/error'
import { invitesQuery, useCreateInvite, useRevokeInvite } from '@/api/people'
import { Panel } from '@/components/Panel'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { CopyField } from '@/ui/CopyField'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { notifyError } from '@/ui/toast'

/** Links that make one account each. */
export function InvitesPanel() {
  const instance = useQuery(instanceQuery())
  const invites = useQuery(invitesQuery())
  const [email, setEmail] = useState('')
  const create = useCreateInvite()
  const revoke = useRevokeInvite()
  const problem = create.error instanceof ApiError ? create.error : null

  if (instance.data?.sign_up === 'closed') {
    return (
      <Panel title="Invitations">
        <p className="text-pretty text-ink-muted">
          This server takes no new accounts. Set <code className="font-mono text-sm">sign_up</code> to{' '}
          <code className="font-mono text-sm">invite</code> where it is configured, and restart it.
        </p>
      </Panel>
    )
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (create.isPending) return
    const to = email.trim()
    create.mutate(to === '' ? {} : { email: to }, { onSuccess: () => setEmail('') })
  }
  return (
    <Panel title="Invitations" lead="Each link makes one account, within 7 days.">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem?.fields.length === 0 && (
          <Notice tone="danger" title="No invitation was made">
            {messageOf(problem)}
          </Notice>
        )}
        <Field
          label="E-mail, if you like"
          hint="The account gets this address; else whoever opens the link chooses one."
          error={problem?.field('email')}
        >
          {(aria) => (
            <Input
              {...aria}
              type="email"
              autoComplete="off"
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className="max-w-md"
            />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" busy={create.isPending}>
            {create.isPending ? 'Making it' : 'Make a link'}
          </Button>
        </div>
      </form>
      {create.data && (
        <div className="mt-4">
          <p className="mb-2 text-sm text-ink-muted">Send this link yourself: it is not shown again.</p>
          <CopyField
            key={create.data.token}
            label="The link"
            value={`${window.location.origin}${paths.join()}#token=${create.data.token}`}
          />
        </div>
      )}
      {invites.isError && (
        <Notice
          tone="danger"
          title="The open invitations did not load"
          className="mt-4"
          action={
            <Button size="sm" busy={invites.isFetching} onClick={() => void invites.refetch()}>
              Try again
            </Button>
          }
        >
          {messageOf(invites.error)}
        </Notice>
      )}
      {invites.data !== undefined && invites.data.items.length > 0 && (
        <ul aria-label="Open invitations" className="mt-4 divide-y border-t">
          {invites.data.items.map((invite) => {
            const to = invite.email ?? 'Anybody with the link'
            return (
              <li key={invite.id} className="flex items-center gap-3 py-2.5">
                <span className="min-w-0 flex-1 truncate">
                  {to}
                  <span className="ml-2 text-sm text-ink-muted">
                    until{' '}
                    <time dateTime={invite.expires_at}>
                      {new Date(invite.expires_at).toLocaleDateString()}
                    </time>
                  </span>
                </span>
                <Button
                  size="sm"
                  busy={revoke.isPending && revoke.variables === invite.id}
                  onClick={() =>
                    revoke.mutate(invite.id, {
                      onSuccess: () => {
                        if (create.data?.entry.id === invite.id) create.reset()
                      },
                      onError: (error) => notifyError('The invitation was not taken back', error),
                    })
                  }
                >
                  Take back<span className="sr-only">: {to}</span>
                </Button>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
