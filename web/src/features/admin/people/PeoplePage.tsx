import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import { useState } from 'react'

import { sessionQuery } from '@/api/auth'
import { type Plan, type UserEntry } from '@/api/generated/wire'
import { usersQuery, useUpdateUser } from '@/api/people'
import { PageHead, Panel } from '@/components/Panel'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { Input } from '@/ui/Input'
import { Select, type SelectOption } from '@/ui/Select'
import { ShowMore } from '@/ui/ShowMore'
import { Skeleton } from '@/ui/Skeleton'
import { notify, notifyError } from '@/ui/toast'
import { usePageTitle } from '@/ui/usePageTitle'
import { useSettled } from '@/ui/useSettled'

import { InvitesPanel } from './InvitesPanel'
import { SuspendDialog } from './SuspendDialog'

const PLANS: readonly SelectOption<Plan>[] = [
  { value: 'free', label: 'Free' },
  { value: 'pro', label: 'Pro' },
  { value: 'team', label: 'Team' },
]
const RIGHTS: readonly SelectOption<'user' | 'administrator'>[] = [
  { value: 'user', label: 'User' },
  { value: 'administrator', label: 'Administrator', hint: 'Sees and sets all of this page' },
]

/** Who has an account here, and who is invited. For administrators. */
export function PeoplePage() {
  usePageTitle('People')
  const session = useQuery(sessionQuery())
  const [search, setSearch] = useState('')
  const users = useInfiniteQuery(usersQuery(useSettled(search.trim(), 200)))
  const rows = users.data?.pages.flatMap((page) => page.items) ?? []

  return (
    <>
      <PageHead
        title="People"
        lead="Who has an account on this server. Whoever you suspend is signed out everywhere within seconds, and their turns stop."
      />
      <InvitesPanel />
      <Panel
        title="Accounts"
        flush
        action={
          <Input
            type="search"
            aria-label="Search accounts by name or address"
            placeholder="Search"
            value={search}
            maxLength={80}
            onChange={(event) => setSearch(event.target.value)}
            className="w-56"
          />
        }
      >
        {users.isPending ? (
          <div aria-busy className="p-4">
            <p className="sr-only">Loading the accounts</p>
            <Skeleton className="h-24" />
          </div>
        ) : users.data === undefined ? (
          <ErrorState
            title="The accounts did not load"
            error={users.error}
            retry={() => void users.refetch()}
          />
        ) : rows.length === 0 ? (
          <p className="p-4 text-ink-muted">Nobody is called that here.</p>
        ) : (
          rows.map((user) => <UserRow key={user.id} user={user} me={session.data?.account.id} />)
        )}
      </Panel>
      <ShowMore list={users} className="-mt-4" />
    </>
  )
}

function UserRow({ user, me }: { user: UserEntry; me: string | undefined }) {
  const update = useUpdateUser()
  const [asking, setAsking] = useState(false)
  const suspended = user.suspended_at !== null
  const reinstate = () =>
    update.mutate(
      { id: user.id, suspended: false },
      {
        onSuccess: () => notify(`${user.name} may sign in again`),
        onError: (error) => notifyError(`${user.name} is still suspended`, error),
      },
    )
  const change = (to: { plan: Plan } | { is_admin: boolean }, done: string) =>
    update.mutate(
      { id: user.id, ...to },
      {
        onSuccess: () => notify(done),
        onError: (error) => notifyError(`${user.name} is as before`, error),
      },
    )
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 truncate font-medium" title={user.name}>
            {user.name}
          </span>
          {suspended && (
            <Badge tone="warn" icon={<Ban aria-hidden />}>
              suspended
            </Badge>
          )}
        </p>
        <p className="truncate text-sm text-ink-muted">{user.email ?? 'no address yet'}</p>
      </div>
      <Select
        label={`Rights of ${user.name}`}
        look="bare"
        value={user.is_admin ? 'administrator' : 'user'}
        options={RIGHTS}
        disabled={update.isPending}
        onChange={(rights) =>
          change(
            { is_admin: rights === 'administrator' },
            `${user.name} ${rights === 'administrator' ? 'administers this server' : 'administers it no longer'}`,
          )
        }
      />
      <Select
        label={`Plan of ${user.name}`}
        look="bare"
        value={user.plan}
        options={PLANS}
        disabled={update.isPending}
        onChange={(plan) => change({ plan }, `${user.name} has another plan`)}
      />
      {user.id !== me && (
        <Button
          size="sm"
          variant={suspended ? 'secondary' : 'danger'}
          busy={update.isPending}
          onClick={suspended ? reinstate : () => setAsking(true)}
        >
          {suspended ? 'Reinstate' : 'Suspend'}
          <span className="sr-only">: {user.name}</span>
        </Button>
      )}
      {asking && <SuspendDialog user={user} onClose={() => setAsking(false)} />}
    </div>
  )
}
