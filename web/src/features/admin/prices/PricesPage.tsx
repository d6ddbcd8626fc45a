import { useQuery } from '@tanstack/react-query'

import { modelsQuery } from '@/api/models'
import { PageHead } from '@/components/Panel'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

import { PricesPanel } from './PricesPanel'

/** What models cost here. */
export function PricesPage() {
  usePageTitle('Prices')
  const models = useQuery(modelsQuery())
  return (
    <>
      <PageHead
        title="Prices"
        lead="What is charged to budgets for a model’s tokens, for turns that begin from now on."
      />
      {models.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the models</p>
          <Skeleton className="h-40 rounded-card!" />
        </div>
      ) : models.data === undefined ? (
        <ErrorState
          title="The models did not load"
          error={models.error}
          safe="Turns go on being priced."
          retry={() => void models.refetch()}
        />
      ) : (
        <PricesPanel list={models.data} />
      )}
    </>
  )
}
