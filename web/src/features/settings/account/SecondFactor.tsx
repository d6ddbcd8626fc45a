import { useQuery } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import { useRef, useState, type SubmitEvent } from 'react'

import { ApiError, messageOf } from '@/api/error'
import { type Account, type NewSecondFactor } from '@/api/generated/wire'
import {
  secondFactorQuery,
  useConfirmSecondFactor,
  useOfferSecondFactor,
  useRemoveSecondFactor,
  useRenewRecoveryCodes,
} from '@/api/secondFactor'
import { Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { plural } from '@/ui/format'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { RelativeTime } from '@/ui/RelativeTime'
import { notify, notifyError } from '@/ui/toast'

import { RecoveryCodesDialog } from './RecoveryCodesDialog'

/** A code of an authenticator app, asked for after the password. */
export function SecondFactor({ account }: { account: Account }) {
  const { data: state, error } = useQuery(secondFactorQuery())
  const offer = useOfferSecondFactor()
  const [offered, setOffered] = useState<NewSecondFactor | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const content = useRef<HTMLDivElement>(null)

  const show = (fresh: readonly string[]) => {
    // What asked for the codes may be gone when their dialog gives the focus back; this stays.
    content.current?.focus()
    setOffered(null)
    setCodes(fresh)
  }

  return (
    <Panel
      title="Second factor"
      lead="A code of an authenticator app, after your password. Whoever learns the password alone does not get in."
    >
      <div ref={content} tabIndex={-1} className="outline-none">
        {error && (
          <Notice tone="danger" title="It is not known whether one is set">
            {messageOf(error)}
          </Notice>
        )}
        {!account.has_password && <Notice>Set a password first: the code is asked for after it.</Notice>}
        {state && account.has_password && state.since === null && offered === null && (
          <Button
            busy={offer.isPending}
            onClick={() =>
              offer.mutate(undefined, {
                onSuccess: setOffered,
                onError: (problem) => notifyError('The setup was not begun', problem),
              })
            }
          >
            Set up an authenticator app
          </Button>
        )}
        {offered !== null && (
          <Confirm offered={offered} onCancel={() => setOffered(null)} onConfirmed={show} />
        )}
        {typeof state?.since === 'string' && (
          <Set since={state.since} left={state.recovery_codes} onCodes={show} />
        )}
      </div>
      {codes !== null && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </Panel>
  )
}

interface ConfirmProps {
  offered: NewSecondFactor
  onCancel: () => void
  onConfirmed: (codes: readonly string[]) => void
}

/** The secret, as a picture and as text, and the first code. */
function Confirm({ offered, onCancel, onConfirmed }: ConfirmProps) {
  const [code, setCode] = useState('')
  const confirm = useConfirmSecondFactor()
  const problem = confirm.error instanceof ApiError ? confirm.error : null

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (confirm.isPending || code.trim() === '') return
    confirm.mutate({ code: code.trim() }, { onSuccess: (fresh) => onConfirmed(fresh.codes) })
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-wrap gap-6">
      {/* Cameras want dark on light, whatever the theme. */}
      <div className="shrink-0 rounded-card bg-white p-3">
        <QRCodeSVG value={offered.uri} size={168} title="The secret for your authenticator app" />
      </div>
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-4">
        <p className="text-pretty">Scan the picture with your app, or type this secret into it:</p>
        <p className="font-mono text-sm break-all select-all">{offered.secret.match(/.{1,4}/g)?.join(' ')}</p>
        {problem && problem.field('code') === undefined && (
          <Notice tone="danger" title="Nothing was set up">
            {messageOf(problem)}
          </Notice>
        )}
        <Field label="Code that the app shows" error={problem?.field('code')}>
          {(aria) => (
            <Input
              {...aria}
              name="code"
              autoComplete="one-time-code"
              inputMode="numeric"
              maxLength={12}
              // What was pressed last is gone: this is what follows.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={code}
              onChange={(event) => setCode(event.target.value)}
              className="max-w-40 font-mono"
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={code.trim() === ''} busy={confirm.isPending}>
            {confirm.isPending ? 'Turning on' : 'Turn on'}
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
      </div>
    </form>
  )
}

interface SetProps {
  since: string
  left: number
  onCodes: (codes: readonly string[]) => void
}

/** It is on: how many recovery codes are left, and the way out. */
function Set({ since, left, onCodes }: SetProps) {
  const [asking, setAsking] = useState(false)
  const renew = useRenewRecoveryCodes()
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <p className="min-w-0 flex-1 basis-64">
        On since <RelativeTime at={since} />.{' '}
        <span className={left < 3 ? 'text-danger' : 'text-ink-muted'}>
          {plural(left, 'recovery code')} left.
        </span>
      </p>
      <Button
        busy={renew.isPending}
        onClick={() =>
          renew.mutate(undefined, {
            onSuccess: (fresh) => onCodes(fresh.codes),
            onError: (problem) => notifyError('There are no new codes', problem),
          })
        }
      >
        New recovery codes
      </Button>
      <Button onClick={() => setAsking(true)}>Turn off</Button>
      {asking && <RemoveDialog onClose={() => setAsking(false)} />}
    </div>
  )
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const remove = useRemoveSecondFactor()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Turn the second factor off?"
      description="Your password alone signs you in then. The recovery codes are worth nothing any more."
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(undefined, {
                onSuccess: () => {
                  notify('The second factor is off')
                  onClose()
                },
                onError: (problem) => notifyError('The second factor is still on', problem),
              })
            }
          >
            Turn off
          </Button>
        </>
      }
    />
  )
}
