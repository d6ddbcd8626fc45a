import { useQuery } from '@tanstack/react-query'
import { CircleCheck, Monitor, Smartphone } from 'lucide-react'

import { sessionsQuery, useEndSession, useLogout } from '@/api/auth'
import { type SessionEntry } from '@/api/generated/wire'
import { PageHead, Panel } from '@/components/Panel'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { RelativeTime } from '@/ui/RelativeTime'
import { Skeleton } from '@/ui/Skeleton'
import { notify, notifyError } from '@/ui/toast'
import { usePageTitle } from '@/ui/usePageTitle'

import { describeAgent } from './userAgent'

/** Where one is signed in. */
export function SessionsPage() {
  usePageTitle('Sessions')
  const sessions = useQuery(sessionsQuery())
  const end = useEndSession()
  const others = sessions.data?.items.filter((session) => !session.current) ?? []

  const endOthers = async () => {
    try {
      for (const session of others) await end.mutateAsync(session.id)
      notify('Your other sessions are signed out')
    } catch (error) {
      notifyError('Not every session was signed out', error)
    }
  }

  return (
    <>
      <PageHead
        title="Sessions"
        lead="Every browser that is signed in as you. A session ends by itself after 7 days without use, and after 30 days in any case."
        action={
          others.length > 1 && (
            <Button busy={end.isPending} onClick={() => void endOthers()}>
              Sign out all others
            </Button>
          )
        }
      />
      {sessions.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the sessions</p>
          <Skeleton className="h-40 rounded-card!" />
        </div>
      ) : sessions.data === undefined ? (
        <ErrorState
          title="The sessions did not load"
          error={sessions.error}
          retry={() => void sessions.refetch()}
        />
      ) : (
        <Panel title="Signed in" flush>
          {sessions.data.items.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              ending={end.isPending && end.variables === session.id}
              onEnd={() =>
                end.mutate(session.id, {
                  onSuccess: () => notify(`Signed out ${describeAgent(session.user_agent).name}`),
                  onError: (error) => notifyError('The session was not signed out', error),
                })
              }
            />
          ))}
        </Panel>
      )}
    </>
  )
}

interface SessionRowProps {
  session: SessionEntry
  ending: boolean
  onEnd: () => void
}

function SessionRow({ session, ending, onEnd }: SessionRowProps) {
  const logout = useLogout()
  const { name, phone } = describeAgent(session.user_agent)
  const Icon = phone ? Smartphone : Monitor
  return (
    <div className="flex items-center gap-3 px-4 py-3.5">
      <Icon aria-hidden className="size-5 shrink-0 text-ink-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 truncate font-medium" title={session.user_agent}>
            {name}
          </span>
          {session.current && (
            <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
              this browser
            </Badge>
          )}
        </p>
        <p className="flex flex-wrap gap-x-2 text-sm text-ink-muted">
          <span className="font-mono text-xs leading-5">{session.address}</span>
          <span>
            last used <RelativeTime at={session.last_seen_at} />
          </span>
          <span className="max-sm:hidden">
            signed in <RelativeTime at={session.created_at} />
          </span>
        </p>
      </div>
      {session.current ? (
        <Button
          size="sm"
          busy={logout.isPending}
          onClick={() =>
            logout.mutate(undefined, { onError: (error) => notifyError('You are still signed in', error) })
          }
        >
          {logout.isPending ? 'Signing out' : 'Sign out'}
        </Button>
      ) : (
        <Button size="sm" busy={ending} onClick={onEnd}>
          {ending ? 'Signing out' : 'Sign out'}
          <span className="sr-only">: {name}</span>
        </Button>
      )}
    </div>
  )
}
