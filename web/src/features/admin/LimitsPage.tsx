import { useQuery } from '@tanstack/react-query'

import { useSaveUserBudget, userBudgetQuery } from '@/api/admin'
import { sessionQuery } from '@/api/auth'
import { usageQuery } from '@/api/usage'
import { LimitForm } from '@/components/LimitForm'
import { PageHead, Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { formatMoney } from '@/ui/format'
import { Skeleton } from '@/ui/Skeleton'
import { notify, notifyError } from '@/ui/toast'
import { usePageTitle } from '@/ui/usePageTitle'

/** The longest time that a report of usage spans. */
const YEAR = 366

/** What each user may spend in a month. */
export function LimitsPage() {
  usePageTitle('Limits')
  const session = useQuery(sessionQuery())
  const usage = useQuery(usageQuery({ days: YEAR }, true))
  const me = session.data?.account
  const spenders = usage.data?.users ?? []
  const people = [
    ...(me === undefined ? [] : [{ id: me.id, name: `${me.name} (you)` }]),
    ...spenders.flatMap(({ id, name }) => (id === null || id === me?.id ? [] : [{ id, name }])),
  ]
  return (
    <>
      <PageHead
        title="Limits"
        lead="What a user may spend on models in a month (UTC), in place of what their plan says. What plans allow is set in the server’s configuration."
      />
      {usage.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the users’ limits</p>
          <Skeleton className="h-48 rounded-card!" />
        </div>
      ) : usage.data === undefined ? (
        <ErrorState
          title="The users’ limits did not load"
          error={usage.error}
          safe="They hold all the same."
          retry={() => void usage.refetch()}
        />
      ) : (
        <Panel title="By user" lead="You, and whoever has called a model in the last year." flush>
          {people.map((person) => (
            <UserLimit key={person.id} {...person} />
          ))}
        </Panel>
      )}
    </>
  )
}

function UserLimit({ id, name }: { id: string; name: string }) {
  const budget = useQuery(userBudgetQuery(id))
  const save = useSaveUserBudget(id)
  if (budget.data === undefined) {
    return (
      <div className="p-4">
        {budget.isError ? (
          <ErrorState
            title={`The limit of ${name} did not load`}
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
  const change = (limit: number | null, byPlan: boolean) =>
    save.mutate(byPlan ? null : { limit_nanousd: limit }, {
      onSuccess: () => notify(`The limit of ${name} is saved`),
      onError: (error) => notifyError('The limit is as it was', error),
    })
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-48">
        <p className="truncate font-medium" title={name}>
          {name}
        </p>
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
          busy={save.isPending}
          onSave={(limit) => change(limit, false)}
        />
        {overridden && (
          <Button size="sm" variant="ghost" disabled={save.isPending} onClick={() => change(null, true)}>
            Let the plan say
          </Button>
        )}
      </div>
    </div>
  )
}
