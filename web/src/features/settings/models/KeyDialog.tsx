import { useState, type SubmitEvent } from 'react'

import { ApiError, messageOf } from '@/api/error'
import { type Key, type ProviderStatus } from '@/api/generated/wire'
import { useSaveKey } from '@/api/models'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'
import { Notice } from '@/ui/Notice'
import { PasswordInput } from '@/ui/PasswordInput'
import { notify } from '@/ui/toast'

interface KeyDialogProps {
  provider: ProviderStatus
  /** The key that this one replaces. */
  before: Key | undefined
  onClose: () => void
  onSaved: () => void
}

/** Takes a key, and for a server of one's own its address. */
export function KeyDialog({ provider, before, onClose, onSaved }: KeyDialogProps) {
  const [secret, setSecret] = useState('')
  const [address, setAddress] = useState(before?.base_url ?? '')
  const [label, setLabel] = useState(before && before.label !== provider.label ? before.label : '')
  const save = useSaveKey()
  const own = provider.base_url === ''
  const problem = save.error instanceof ApiError ? save.error : null
  const told = problem?.field('secret') ?? problem?.field('base_url') ?? problem?.field('label')

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (save.isPending) return
    save.mutate(
      {
        provider: provider.id,
        secret: secret.trim(),
        label: label.trim() === '' ? undefined : label.trim(),
        base_url: address.trim() === '' ? undefined : address.trim(),
      },
      {
        onSuccess: () => {
          notify(own ? `Saved the address of ${provider.label}` : `Saved the key of ${provider.label}`)
          onSaved()
          onClose()
        },
      },
    )
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={own ? 'Connect your own server' : `${before ? 'Replace' : 'Add'} the key of ${provider.label}`}
      description={
        own
          ? 'Any server that speaks OpenAI’s chat completions: vLLM, a gateway, a colleague’s machine.'
          : 'It is stored encrypted on this server, never shown again and never sent to a browser.'
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="key-form" variant="primary" busy={save.isPending}>
            {save.isPending ? 'Saving' : 'Save'}
          </Button>
        </>
      }
    >
      <form id="key-form" noValidate onSubmit={submit} className="flex flex-col gap-4">
        {problem && told === undefined && (
          <Notice tone="danger" title="Nothing was saved">
            {messageOf(problem)}
          </Notice>
        )}
        {own && (
          <Field
            label="Address"
            hint="Up to and including /v1, such as http://127.0.0.1:8000/v1"
            error={problem?.field('base_url')}
          >
            {(aria) => (
              <Input
                {...aria}
                type="url"
                inputMode="url"
                autoComplete="off"
                placeholder="http://127.0.0.1:8000/v1"
                value={address}
                onChange={(event) => setAddress(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field
          label={own ? 'Key, if it needs one' : 'Key'}
          hint={
            own && before
              ? 'Give it again: what you save takes the place of what was saved.'
              : provider.env_var === null
                ? undefined
                : `It goes before the one in ${provider.env_var}, if that is set.`
          }
          error={problem?.field('secret')}
        >
          {(aria) => (
            <PasswordInput
              {...aria}
              autoComplete="off"
              className="font-mono"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name, if you like" error={problem?.field('label')}>
          {(aria) => (
            <Input
              {...aria}
              autoComplete="off"
              placeholder={provider.label}
              maxLength={80}
              value={label}
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
