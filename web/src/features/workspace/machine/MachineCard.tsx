import { LoaderCircle, Power, RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { type Machine } from '@/api/generated/wire'
import { useSandboxAct } from '@/api/sandbox'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { formatHours } from '@/ui/format'
import { Meter } from '@/ui/Meter'
import { Money } from '@/ui/Money'
import { RelativeTime } from '@/ui/RelativeTime'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { DeleteMachineDialog } from './DeleteMachineDialog'
import { ENGINES, machineNow, STATES } from '@/components/engines'

interface MachineCardProps {
  machine: Machine
  onRestarted: () => void
}

/** The app's machine: how it is, what it takes, and what can be done with it. */
export function MachineCard({ machine, onRestarted }: MachineCardProps) {
  const { project, canEdit } = useWorkspace()
  const act = useSandboxAct(project.id)
  const [deleting, setDeleting] = useState(false)
  const { word, tone } = STATES[machine.state]
  const moving = machine.state === 'starting' || (machine.state === 'running' && machine.step !== null)
  const does = (which: 'stop' | 'restart') => act.isPending && act.variables === which

  return (
    <section aria-label="The app’s machine" className="border-t px-4 py-3">
      <div className="flex items-center justify-between gap-3">
        <h4 className="text-sm font-medium">Machine</h4>
        <Badge tone={tone} icon={moving ? <LoaderCircle aria-hidden className="animate-spin" /> : undefined}>
          {word}
        </Badge>
      </div>
      <p role="status" className="mt-1 text-pretty text-ink-muted">
        {machineNow(machine)}
      </p>
      <div className="mt-3 flex flex-col gap-2.5">
        <Meter label="Memory" used={machine.memory_bytes} limit={machine.memory_limit_bytes} />
        <Meter label="Disk" used={machine.disk_bytes} limit={machine.disk_limit_bytes} />
      </div>
      <p className="mt-2.5 text-sm text-ink-muted tnum">
        Ran {formatHours(machine.seconds_this_month)} this month on{' '}
        {machine.engine === 'local' ? 'this server' : ENGINES[machine.engine].name},{' '}
        <Money nanousd={machine.cost_nanousd} />. Used <RelativeTime at={machine.used_at} />.
      </p>
      {canEdit && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={<RotateCw />}
            busy={does('restart')}
            disabled={act.isPending}
            onClick={() =>
              act.mutate('restart', {
                onSuccess: onRestarted,
                onError: (error) => notifyError('The machine was not restarted', error),
              })
            }
          >
            {does('restart') ? 'Restarting' : 'Restart'}
          </Button>
          {machine.state !== 'stopped' && (
            <Button
              size="sm"
              icon={<Power />}
              busy={does('stop')}
              disabled={act.isPending}
              onClick={() =>
                act.mutate('stop', {
                  onSuccess: () => notify('The machine is stopped. What it saved is kept.'),
                  onError: (error) => notifyError('The machine was not stopped', error),
                })
              }
            >
              {does('stop') ? 'Stopping' : 'Stop'}
            </Button>
          )}
          {project.role === 'owner' && (
            <Button size="sm" variant="danger" icon={<Trash2 />} onClick={() => setDeleting(true)}>
              Delete machine
            </Button>
          )}
        </div>
      )}
      {deleting && <DeleteMachineDialog onClose={() => setDeleting(false)} />}
    </section>
  )
}
