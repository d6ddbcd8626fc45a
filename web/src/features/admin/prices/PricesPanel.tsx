import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'

import { type ModelList, type ModelPrice } from '@/api/generated/wire'
import { pricesQuery, useRemovePrice } from '@/api/prices'
import { Panel } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { notify, notifyError } from '@/ui/toast'

import { formatPrice } from './price'
import { PriceDialog } from './PriceDialog'

/** What models cost here, where that is not what the list says. For administrators. */
export function PricesPanel({ list }: { list: ModelList }) {
  const prices = useQuery(pricesQuery())
  const remove = useRemovePrice()
  const [setting, setSetting] = useState<ModelPrice | 'new' | null>(null)
  return (
    <Panel
      title="Prices"
      lead={`As of ${list.prices.date} (${list.prices.source}). Set your own where you pay another price.`}
      action={
        <Button icon={<Plus />} onClick={() => setSetting('new')}>
          Set a price
        </Button>
      }
      flush
    >
      {prices.isPending ? (
        <div aria-busy className="p-4">
          <p className="sr-only">Loading the prices</p>
          <Skeleton className="h-8" />
        </div>
      ) : prices.data === undefined ? (
        <div className="p-4">
          <ErrorState
            title="The prices did not load"
            error={prices.error}
            safe="Turns go on being priced."
            retry={() => void prices.refetch()}
          />
        </div>
      ) : prices.data.items.length === 0 ? (
        <p className="p-4 text-ink-muted">Every model has the list’s price.</p>
      ) : (
        prices.data.items.map((price) => (
          <div key={price.model} className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
            <div className="min-w-0 flex-1 basis-60">
              <p className="truncate font-medium" title={price.model}>
                {price.model}
              </p>
              <p className="text-ink-muted tnum">
                {formatPrice(price.input_microusd)} in, {formatPrice(price.output_microusd)} out,{' '}
                {formatPrice(price.cache_read_microusd)} from the cache,{' '}
                {formatPrice(price.cache_write_microusd)} to it, per million tokens
              </p>
            </div>
            <div className="flex gap-2">
              <Button
                size="sm"
                aria-label={`Change the price of ${price.model}`}
                onClick={() => setSetting(price)}
              >
                Change
              </Button>
              <Button
                size="sm"
                aria-label={`Remove: use the list’s price for ${price.model}`}
                busy={remove.isPending && remove.variables === price.model}
                onClick={() =>
                  remove.mutate(price.model, {
                    onSuccess: () => notify(`${price.model} has the list’s price again`),
                    onError: (error) => notifyError('The price was not removed', error),
                  })
                }
              >
                Remove
              </Button>
            </div>
          </div>
        ))
      )}
      {setting !== null && (
        <PriceDialog
          models={list.items}
          before={setting === 'new' ? undefined : setting}
          onClose={() => setSetting(null)}
        />
      )}
    </Panel>
  )
}
