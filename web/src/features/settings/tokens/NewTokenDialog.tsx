import { useState, type SubmitEvent } from 'react'

import { ApiError, messageOf } from '@/api/error'
import { type TokenScope } from '@/api/generated/wire'
import { useCreateToken } from '@/api/tokens'
import { Button } from '@/ui/Button'
import { CopyField } from '@/ui/CopyField'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { Select } from '@/ui/Select'

const SCOPES: { value: TokenScope; label: string; hint: string }[] = [
  { value: 'read', label: 'Look only', hint: 'Projects, files, turns and usage' },
  { value: 'write', label: 'Look and change', hint: 'Also starts turns, saves and deletes' },
]
const DAYS = [7, 30, 90, 365].map((days) => ({ value: String(days), label: `${days} days` }))

/** Makes a token, and shows it this once. */
export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<TokenScope>('read')
  const [days, setDays] = useState('30')
  const create = useCreateToken()
  const problem = create.error instanceof ApiError ? create.error : null

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (create.isPending) return
    create.mutate({ name: name.trim(), scope, expires_in_days: Number(days) })
  }

  if (create.isSuccess) {
    return (
      <Dialog
        open
        insistent
        onOpenChange={onClose}
        title="Copy your token now"
        description="It is not shown again: this server keeps only a fingerprint of it."
        footer={
          <Button variant="primary" onClick={onClose}>
            I have it
          </Button>
        }
      >
        <CopyField label="The token" value={create.data.token} />
        <p className="mt-3 text-sm text-pretty text-ink-muted">
          Programs send it as <code className="font-mono text-xs">Authorization: Bearer qvp_…</code>. Keep it
          like a password.
        </p>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New API token"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="token-form"
            variant="primary"
            disabled={name.trim() === ''}
            busy={create.isPending}
          >
            {create.isPending ? 'Making it' : 'Make the token'}
          </Button>
        </>
      }
    >
      <form id="token-form" noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem?.fields.length === 0 && (
          <Notice tone="danger" title="No token was made">
            {messageOf(problem)}
          </Notice>
        )}
        <Field label="Name" hint="What it is for, to know it by later." error={problem?.field('name')}>
          {(aria) => (
            <Input
              {...aria}
              autoComplete="off"
              maxLength={80}
              placeholder="Nightly build"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="It may">
          {(aria) => <Select {...aria} label="It may" value={scope} options={SCOPES} onChange={setScope} />}
        </Field>
        <Field label="It ends after" error={problem?.field('expires_in_days')}>
          {(aria) => (
            <Select {...aria} label="It ends after" value={days} options={DAYS} onChange={setDays} />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
