import { WandSparkles } from 'lucide-react'

import { type ModelList } from '@/api/generated/wire'
import { useChooseModel } from '@/api/models'
import { ModelPicker } from '@/components/ModelPicker'
import { priceOf, STARTERS } from '@/components/models'
import { Panel } from '@/components/Panel'
import { Spinner } from '@/ui/Spinner'
import { notifyError } from '@/ui/toast'

const AUTOMATIC = 'automatic'

/** Who answers when a prompt names nobody. */
export function DefaultModel({ list }: { list: ModelList }) {
  const choose = useChooseModel()
  const now = list.items.find((m) => m.id === list.default)
  return (
    <Panel title="Default">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <p className="font-medium">
            {list.items.length === 0
              ? 'The starters answer every prompt'
              : 'Answers when you choose no other'}
          </p>
          <p className="text-ink-muted">
            {list.items.length === 0
              ? 'Until a model is connected below.'
              : now
                ? priceOf(now)
                : 'Free, without a model, for what a starter can do.'}
          </p>
        </div>
        {choose.isPending && <Spinner>Saving</Spinner>}
        {list.items.length > 0 && (
          <ModelPicker
            list={list}
            value={list.default ?? STARTERS}
            disabled={choose.isPending}
            before={[
              {
                value: AUTOMATIC,
                label: 'Choose for me',
                hint: 'The best of what is connected, also when that changes',
                icon: <WandSparkles aria-hidden />,
              },
            ]}
            onChange={(id) =>
              choose.mutate(
                { model: id === AUTOMATIC ? null : id },
                { onError: (error) => notifyError('The default was not changed', error) },
              )
            }
            className="w-60 max-sm:w-full"
          />
        )}
      </div>
    </Panel>
  )
}
