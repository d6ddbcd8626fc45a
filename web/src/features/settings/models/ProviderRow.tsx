import { CircleAlert, CircleCheck, CircleDashed, KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { messageOf } from '@/api/error'
import { type Key, type ProviderState, type ProviderStatus } from '@/api/generated/wire'
import { useTestKey } from '@/api/models'
import { Badge, type Tone } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { RelativeTime } from '@/ui/RelativeTime'

import { DeleteKeyDialog } from './DeleteKeyDialog'
import { KeyDialog } from './KeyDialog'

const STATES: Record<ProviderState, { tone: Tone; word: string; icon: typeof CircleCheck }> = {
  connected: { tone: 'ok', word: 'connected', icon: CircleCheck },
  not_connected: { tone: 'neutral', word: 'not connected', icon: CircleDashed },
  failing: { tone: 'danger', word: 'failing', icon: CircleAlert },
}

interface ProviderRowProps {
  provider: ProviderStatus
  /** How many models it offers. */
  models: number
  /** Its keys: one's own, the one for everybody, one from the environment; the first of them is used. */
  saved: readonly Key[]
}

/** A provider: how it stands, what to do about it, and its key. */
export function ProviderRow({ provider, models, saved }: ProviderRowProps) {
  const [dialog, setDialog] = useState<'key' | 'delete' | null>(null)
  const test = useTestKey()
  const { tone, word, icon: Icon } = STATES[provider.state]
  const own = saved.find((key) => key.source === 'own')
  const takesKey = provider.needs_key || provider.base_url === '' || own !== undefined
  const address = own?.base_url ?? provider.base_url

  return (
    <div className="px-4 py-3.5">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-2">
            <h3 className="font-medium">{provider.label}</h3>
            <Badge tone={tone} icon={<Icon aria-hidden />}>
              {word}
            </Badge>
            {models > 0 && <span className="text-sm text-ink-muted tnum">{plural(models, 'model')}</span>}
          </div>
          <p className="mt-0.5 text-pretty text-ink-muted">{provider.note}</p>
          {address !== '' && <p className="mt-0.5 font-mono text-xs break-all text-ink-muted">{address}</p>}
        </div>
        {takesKey && (
          <div className="flex shrink-0 items-center gap-1.5">
            {saved.length > 0 && (
              <Button size="sm" busy={test.isPending} onClick={() => test.mutate(provider.id)}>
                {test.isPending ? 'Testing' : 'Test'}
                <span className="sr-only">: {provider.label}</span>
              </Button>
            )}
            <Button size="sm" onClick={() => setDialog('key')}>
              {own
                ? provider.needs_key
                  ? 'Replace key'
                  : 'Change'
                : provider.needs_key
                  ? 'Add key'
                  : 'Connect'}
              <span className="sr-only">: {provider.label}</span>
            </Button>
            {own && (
              <IconButton
                size="sm"
                label={`Delete the key of ${provider.label}`}
                icon={<Trash2 />}
                onClick={() => setDialog('delete')}
              />
            )}
          </div>
        )}
      </div>
      {saved.map((key) => (
        <SavedKey key={key.source} saved={key} provider={provider} />
      ))}
      <p role="status" className="text-sm empty:hidden">
        {!test.isPending && test.data && (
          <span className={test.data.ok ? 'text-ok' : 'text-danger'}>
            {test.data.ok ? 'The key works. ' : 'The key does not work. '}
            {test.data.message}
          </span>
        )}
        {test.error && <span className="text-danger">The key was not tested. {messageOf(test.error)}</span>}
      </p>
      {dialog === 'key' && (
        <KeyDialog provider={provider} before={own} onClose={() => setDialog(null)} onSaved={test.reset} />
      )}
      {dialog === 'delete' && (
        <DeleteKeyDialog provider={provider} onClose={() => setDialog(null)} onDeleted={test.reset} />
      )}
    </div>
  )
}

/** What may be shown of a key: its last four characters and when it was used. */
function SavedKey({ saved, provider }: { saved: Key; provider: ProviderStatus }) {
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-2 text-sm text-ink-muted">
      <KeyRound aria-hidden className="size-3.5" />
      <span className="font-mono text-ink">{saved.last4 === '' ? 'saved' : `•••• ${saved.last4}`}</span>
      {saved.source === 'environment' ? (
        <span>from {provider.env_var ?? 'the environment'}; it is changed where QuickVibe is started</span>
      ) : saved.source === 'system' ? (
        <span>for everybody; whoever runs this server has set it</span>
      ) : (
        <>
          {saved.label !== provider.label && <span>{saved.label}</span>}
          {saved.last_used_at !== null ? (
            <span>
              used <RelativeTime at={saved.last_used_at} />
            </span>
          ) : (
            <span>not used yet</span>
          )}
        </>
      )}
    </p>
  )
}
