import { useQuery } from '@tanstack/react-query'

import { budgetsQuery, useSaveBudget } from '@/api/budgets'
import { BudgetBar } from '@/components/BudgetBar'
import { LimitForm } from '@/components/LimitForm'
import { Panel } from '@/components/Panel'
import { ErrorState } from '@/ui/ErrorState'
import { formatMoney } from '@/ui/format'
import { Skeleton } from '@/ui/Skeleton'

/** What may be spent this month, what is, and one's own limit. */
export function BudgetPanel() {
  const { data, error, refetch } = useQuery(budgetsQuery())
  const save = useSaveBudget()
  return (
    <Panel title="Budgets" lead="A call is made only when its worst case fits. Months begin on the 1st, UTC.">
      {data ? (
        <div className="flex flex-col gap-5">
          <BudgetBar
            name="Your month"
            budget={data.user}
            note={
              data.turn_nanousd === null
                ? undefined
                : `One turn spends at most ${formatMoney(data.turn_nanousd)}.`
            }
          />
          <BudgetBar
            name="Repairs, not charged to you"
            budget={data.repairs}
            note="QuickVibe pays for mending its own mistakes, up to this."
          />
          <LimitForm
            label="Your own limit a month, in US dollars"
            hint={
              data.ceiling_nanousd === null
                ? 'Leave it empty for no limit.'
                : `Counts where it is below ${formatMoney(data.ceiling_nanousd)}, which your plan or an administrator sets.`
            }
            value={data.own_limit_nanousd}
            what="Your limit"
            save={save}
          />
        </div>
      ) : error ? (
        <ErrorState
          title="The budgets did not load"
          error={error}
          safe="They hold on the server all the same."
          retry={() => void refetch()}
        />
      ) : (
        <Skeleton className="h-32 rounded-card!" />
      )}
    </Panel>
  )
}
