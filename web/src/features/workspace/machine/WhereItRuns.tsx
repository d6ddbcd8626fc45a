import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { type PreviewAddress } from '@/api/generated/wire'
import { sandboxQuery } from '@/api/sandbox'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { ErrorState } from '@/ui/ErrorState'
import { Popover } from '@/ui/Popover'
import { Skeleton } from '@/ui/Skeleton'

import { useWorkspace } from '../context'
import { EngineChoice } from './EngineChoice'
import { MachineCard } from './MachineCard'
import { ENGINES, NOWHERE } from '@/components/engines'

interface WhereItRunsProps {
  address: PreviewAddress | undefined
  onRestarted: () => void
}

/** Where the app runs, in a word; why there, what else there is, and how its machine is, when asked. */
export function WhereItRuns({ address, onRestarted }: WhereItRunsProps) {
  const { project } = useWorkspace()
  const [open, setOpen] = useState(false)
  const sandbox = useQuery({ ...sandboxQuery(project.id, open), enabled: open || address !== undefined })
  const engine = sandbox.data ? sandbox.data.engine : address?.engine
  if (engine === undefined) return <span className="flex-1" />
  const { runs, icon: Icon } = engine === null ? NOWHERE : ENGINES[engine]
  return (
    <div className="flex min-w-0 flex-1">
      <Popover
        label="Where the app runs"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button
            variant="ghost"
            size="sm"
            className={cx('min-w-0 shrink! px-1.5! font-normal!', engine === null && 'text-warn!')}
          >
            <Icon aria-hidden />
            <span className="truncate">{runs}</span>
          </Button>
        }
      >
        <div className="px-4 py-3">
          <h3 className="font-semibold">{runs}</h3>
          <p className="mt-0.5 text-pretty text-ink-muted">{sandbox.data?.reason ?? address?.reason}</p>
        </div>
        {sandbox.data ? (
          <>
            {sandbox.data.machine && <MachineCard machine={sandbox.data.machine} onRestarted={onRestarted} />}
            <EngineChoice sandbox={sandbox.data} />
          </>
        ) : sandbox.isError ? (
          <ErrorState
            className="py-6!"
            title="How it runs did not load"
            error={sandbox.error}
            safe="The app is not touched by this."
            retry={() => void sandbox.refetch()}
          />
        ) : (
          <div aria-busy className="border-t p-4">
            <p className="sr-only">Asking how it runs</p>
            <Skeleton className="h-32" />
          </div>
        )}
      </Popover>
    </div>
  )
}
