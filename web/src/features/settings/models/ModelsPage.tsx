import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'

import { type ModelList, type ProviderStatus } from '@/api/generated/wire'
import { keysQuery, modelsQuery, useRefreshModels } from '@/api/models'
import { PageHead, Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { notifyError } from '@/ui/toast'
import { usePageTitle } from '@/ui/usePageTitle'

import { DefaultModel } from './DefaultModel'
import { ProviderRow } from './ProviderRow'
import { RolesPanel } from './RolesPanel'

const CUSTOM = 'custom'

/** Who answers, and with whose key. */
export function ModelsPage() {
  usePageTitle('Models')
  const models = useQuery(modelsQuery())
  const keys = useQuery(keysQuery())
  const refresh = useRefreshModels()

  const rows = (list: ModelList, wanted: (provider: ProviderStatus) => boolean) =>
    list.providers
      .filter(wanted)
      .map((provider) => (
        <ProviderRow
          key={provider.id}
          provider={provider}
          models={list.items.filter((m) => m.provider === provider.id).length}
          saved={keys.data?.items.filter((key) => key.provider === provider.id) ?? []}
        />
      ))

  return (
    <>
      <PageHead
        title="Models"
        lead="Starters answer without any model. With one, QuickVibe builds whatever you describe."
        action={
          <Button
            icon={<RefreshCw />}
            busy={refresh.isPending}
            onClick={() =>
              refresh.mutate(undefined, {
                onError: (error) => notifyError('The models were not refreshed', error),
              })
            }
          >
            {refresh.isPending ? 'Looking for models' : 'Refresh'}
          </Button>
        }
      />
      {models.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the models</p>
          <Skeleton className="mb-8 h-24 rounded-card!" />
          <Skeleton className="h-72 rounded-card!" />
        </div>
      ) : models.data === undefined ? (
        <ErrorState
          title="The models did not load"
          error={models.error}
          safe="Your keys are unchanged."
          retry={() => void models.refetch()}
        />
      ) : (
        <>
          <DefaultModel list={models.data} />
          {models.data.items.length > 0 && <RolesPanel list={models.data} />}
          <Panel title="On this machine" lead="Free and private: nothing leaves your computer." flush>
            {rows(models.data, (p) => !p.needs_key && p.id !== CUSTOM)}
          </Panel>
          <Panel
            title="With a key"
            lead="You pay the provider. Keys are stored encrypted and never shown again."
            flush
          >
            {rows(models.data, (p) => p.needs_key)}
          </Panel>
          <Panel title="Your own server" lead="Anything that speaks OpenAI's chat completions." flush>
            {rows(models.data, (p) => p.id === CUSTOM)}
          </Panel>
          <p className="text-sm text-ink-muted">
            Prices as of {models.data.prices.date} ({models.data.prices.source}).
          </p>
        </>
      )}
    </>
  )
}
