import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useRef, useState } from 'react'

import { type ApiToken } from '@/api/generated/wire'
import { tokensQuery } from '@/api/tokens'
import { PageHead, Panel } from '@/components/Panel'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { RelativeTime } from '@/ui/RelativeTime'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

import { NewTokenDialog } from './NewTokenDialog'
import { RevokeTokenDialog } from './RevokeTokenDialog'

/** Tokens by which one's programs use this server. */
export function TokensPage() {
  usePageTitle('API tokens')
  const tokens = useQuery(tokensQuery())
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<ApiToken | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const make = (
    <Button variant="primary" icon={<Plus />} onClick={() => setMaking(true)}>
      New token
    </Button>
  )

  return (
    <>
      <PageHead
        title="API tokens"
        lead="What scripts and other programs of yours sign in with. A token works on your projects, never on your account, and ends by itself."
        action={tokens.data !== undefined && tokens.data.items.length > 0 && make}
      />
      <div ref={list} tabIndex={-1} className="outline-none">
        {tokens.isPending ? (
          <div aria-busy>
            <p className="sr-only">Loading the tokens</p>
            <Skeleton className="h-40 rounded-card!" />
          </div>
        ) : tokens.data === undefined ? (
          <ErrorState
            title="The tokens did not load"
            error={tokens.error}
            safe="They work as before."
            retry={() => void tokens.refetch()}
          />
        ) : tokens.data.items.length === 0 ? (
          <EmptyState icon={<KeyRound />} title="No program signs in as you" action={make}>
            With a token a script can build an app, follow its turns and fetch its files.
          </EmptyState>
        ) : (
          <Panel title="Working now" flush>
            {tokens.data.items.map((token) => (
              <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
            ))}
          </Panel>
        )}
      </div>
      {making && <NewTokenDialog onClose={() => setMaking(false)} />}
      {revoking && (
        <RevokeTokenDialog
          token={revoking}
          onClose={() => setRevoking(null)}
          onDone={() => list.current?.focus()}
        />
      )}
    </>
  )
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  return (
    <div className="flex items-center gap-3 px-4 py-3.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 truncate font-medium" title={token.name}>
            {token.name}
          </span>
          <Badge>{token.scope === 'read' ? 'looks only' : 'looks and changes'}</Badge>
        </p>
        <p className="flex flex-wrap gap-x-2 text-sm text-ink-muted">
          <span className="font-mono text-xs leading-5">qvp_…{token.last4}</span>
          <span>
            {token.last_used_at === null ? (
              'never used'
            ) : (
              <>
                last used <RelativeTime at={token.last_used_at} />
              </>
            )}
          </span>
          <span>
            ends <time dateTime={token.expires_at}>{new Date(token.expires_at).toLocaleDateString()}</time>
          </span>
        </p>
      </div>
      <Button size="sm" onClick={onRevoke}>
        Revoke<span className="sr-only">: {token.name}</span>
      </Button>
    </div>
  )
}
