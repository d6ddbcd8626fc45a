import { useQuery } from '@tanstack/react-query'

import { projectBudgetQuery, useSaveProjectBudget } from '@/api/budgets'
import { type Project } from '@/api/generated/wire'
import { BudgetBar } from '@/components/BudgetBar'
import { LimitForm } from '@/components/LimitForm'
import { Dialog } from '@/ui/Dialog'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'

/** What a project may spend in a month; its owner sets it. */
export function BudgetDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { data, error, refetch } = useQuery(projectBudgetQuery(project.id))
  const save = useSaveProjectBudget(project.id)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Budget of ${project.name}`}
      description="It counts what everybody spends here, beside each one's own budget."
    >
      {data ? (
        <div className="flex flex-col gap-5 pb-2">
          <BudgetBar name="This month" budget={data.project} />
          <LimitForm
            label="Limit a month, in US dollars"
            hint="Leave it empty for no limit. Months begin on the 1st, UTC."
            value={data.project.limit_nanousd}
            what="The limit"
            save={save}
          />
        </div>
      ) : error ? (
        <ErrorState
          title="The budget did not load"
          error={error}
          safe="It holds on the server all the same."
          retry={() => void refetch()}
        />
      ) : (
        <Skeleton className="h-28 rounded-card!" />
      )}
    </Dialog>
  )
}
