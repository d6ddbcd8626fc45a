import { useInfiniteQuery, useQuery } from '@tanstack/react-query'

import { useSaveUserBudget, userBudgetQuery } from '@/api/admin'
import { sessionQuery } from '@/api/auth'
import { type UserEntry } from '@/api/generated/wire'
import { usersQuery } from '@/api/people'
import { LimitForm } from '@/components/LimitForm'
import { PageHead, Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { formatMoney } from '@/ui/format'
import { ShowMore } from '@/ui/ShowMore'
import { Skeleton } from '@/ui/Skeleton'
import { notify, notifyError } from '@/ui/toast'
import { usePageTitle } from '@/ui/usePageTitle'

/** What each user may spend in a month. */
export function LimitsPage() {
  usePageTitle('Limits')
  const session = useQuery(sessionQuery())
  const users = useInfiniteQuery(usersQuery(''))
  const rows = users.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHead
        title="Limits"
        lead="What a user may spend on models in a month (UTC), in place of what their plan says. What plans allow is set in the server’s configuration."
      />
      {users.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the users’ limits</p>
          <Skeleton className="h-48 rounded-card!" />
        </div>
      ) : users.data === undefined ? (
        <ErrorState
          title="The users’ limits did not load"
          error={users.error}
          safe="They hold all the same."
          retry={() => void users.refetch()}
        />
      ) : (
        <>
          <Panel title="By user" lead="Everybody who has an account here, the newest first." flush>
            {rows.map((user) => (
              <UserLimit key={user.id} user={user} isMe={user.id === session.data?.account.id} />
            ))}
          </Panel>
          <ShowMore list={users} className="-mt-4" />
        </>
      )}
    </>
  )
}

function UserLimit({ user, isMe }: { user: UserEntry; isMe: boolean }) {
  const budget = useQuery(userBudgetQuery(user.id))
  const save = useSaveUserBudget(user.id)
  const name = isMe ? `${user.name} (you)` : user.name
  const what = `The limit of ${user.name}`
  if (budget.data === undefined) {
    return (
      <div className="p-4">
        {budget.isError ? (
          <ErrorState
            title={`${what} did not load`}
            error={budget.error}
            retry={() => void budget.refetch()}
          />
        ) : (
          <Skeleton className="h-16" />
        )}
      </div>
    )
  }
  const { budgets, overridden } = budget.data
  const letPlanSay = () =>
    save.mutate(null, {
      onSuccess: () => notify(`${what} is the plan’s again`),
      onError: (error) => notifyError(`${what} was not removed`, error),
    })
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-48">
        <p className="truncate font-medium" title={name}>
          {name}
        </p>
        {user.email !== null && <p className="truncate text-sm text-ink-muted">{user.email}</p>}
        <p className="text-ink-muted tnum">
          {formatMoney(budgets.user.spent_nanousd)} spent this month
          {budgets.own_limit_nanousd !== null &&
            `; their own limit ${formatMoney(budgets.own_limit_nanousd)}`}
        </p>
      </div>
      <div className="flex flex-col items-start gap-2">
        <LimitForm
          label={`Dollars a month for ${name}`}
          hint={overridden ? 'Set here.' : 'As the plan says.'}
          value={budgets.ceiling_nanousd}
          what={what}
          save={save}
        />
        {overridden && (
          <Button size="sm" variant="ghost" disabled={save.isPending} onClick={letPlanSay}>
            Let the plan say
          </Button>
        )}
      </div>
    </div>
  )
}
