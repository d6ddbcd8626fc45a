import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, Power, PowerOff, Server } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { instanceQuery } from '@/api/auth'
import { type EngineOverview, type SandboxEntry } from '@/api/generated/wire'
import { sandboxesQuery } from '@/api/sandbox'
import { ENGINES, STATES } from '@/components/engines'
import { PageHead, Panel } from '@/components/Panel'
import { paths } from '@/components/paths'
import { WebcontainerLicence } from '@/components/WebcontainerLicence'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { formatBytes, formatHours, plural } from '@/ui/format'
import { Meter } from '@/ui/Meter'
import { Money } from '@/ui/Money'
import { RelativeTime } from '@/ui/RelativeTime'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

import { StopSandboxDialog } from './StopSandboxDialog'

/** What runs for the apps of this instance, and how much may. For administrators. */
export function SandboxesPage() {
  usePageTitle('Sandboxes')
  const overview = useQuery(sandboxesQuery())
  return (
    <>
      <PageHead
        title="Sandboxes"
        lead="Machines of apps that need a server, looked at every 10 seconds. An idle one stops by itself and starts when somebody opens its app."
      />
      {overview.isPending ? (
        <div aria-busy>
          <p className="sr-only">Asking what runs</p>
          <Skeleton className="h-72 rounded-card!" />
        </div>
      ) : overview.data === undefined ? (
        <ErrorState
          title="What runs did not load"
          error={overview.error}
          safe="The apps go on."
          retry={() => void overview.refetch()}
        />
      ) : (
        <>
          <Panel title="Engines" lead="Where apps can run." flush>
            {overview.data.engines.map((engine) => (
              <Engine key={engine.engine} engine={engine} />
            ))}
            {!overview.data.engines.some(({ engine }) => engine === 'webcontainer') && <Webcontainer />}
          </Panel>
          <Machines sandboxes={overview.data.sandboxes} />
        </>
      )}
    </>
  )
}

function Engine({ engine }: { engine: EngineOverview }) {
  const { name, icon: Icon } = ENGINES[engine.engine]
  const { running, most_running: most, memory_bytes: memory, memory_limit_bytes: limit } = engine
  const ownMachines = engine.engine === 'local' || engine.engine === 'daytona'
  return (
    <section aria-label={name} className="flex flex-wrap gap-x-8 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-64">
        <h3 className="flex flex-wrap items-center gap-2 font-medium">
          <Icon aria-hidden className="size-4 shrink-0 text-ink-muted" />
          {engine.engine === 'browser' ? 'The visitor’s browser' : name}
          <Ready ready={engine.ready} />
        </h3>
        <p className="mt-1 text-pretty wrap-break-word text-ink-muted">{engine.note}</p>
        {engine.engine === 'webcontainer' && (
          <p className="mt-1 text-sm text-pretty text-ink-muted">
            <WebcontainerLicence />
          </p>
        )}
      </div>
      {ownMachines && engine.ready && (
        <div className="flex flex-1 basis-56 flex-col gap-2">
          <p className="tnum">
            {running}
            <span className="text-ink-muted">{most === null ? ' running' : ` of ${most} running`}</span>
          </p>
          {limit === null ? (
            <p className="text-sm text-ink-muted tnum">{formatBytes(memory)} of memory promised to them</p>
          ) : (
            <Meter label="Memory promised" used={memory} limit={limit} />
          )}
          <p className="text-sm text-ink-muted tnum">
            {formatHours(engine.seconds_this_month)} this month, <Money nanousd={engine.cost_nanousd} />
          </p>
        </div>
      )}
    </section>
  )
}

const Ready = ({ ready }: { ready: boolean }) => (
  <Badge
    tone={ready ? 'ok' : 'neutral'}
    icon={ready ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
  >
    {ready ? 'Ready' : 'Not available'}
  </Badge>
)

/** An engine of the browser, which the server does not run: whether it is on, and what that means. */
function Webcontainer() {
  const instance = useQuery(instanceQuery())
  const on = instance.data?.webcontainer === true
  const { name, icon: Icon } = ENGINES.webcontainer
  return (
    <section aria-label={name} className="p-4">
      <h3 className="flex flex-wrap items-center gap-2 font-medium">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-muted" />
        {name}
        <Badge
          tone={on ? 'ok' : 'neutral'}
          icon={on ? <CircleCheck aria-hidden /> : <PowerOff aria-hidden />}
        >
          {on ? 'On' : 'Off'}
        </Badge>
      </h3>
      <p className="mt-1 text-pretty text-ink-muted">
        <WebcontainerLicence /> {!on && 'It is turned on in the server’s configuration.'}
      </p>
    </section>
  )
}

function Machines({ sandboxes }: { sandboxes: SandboxEntry[] }) {
  if (sandboxes.length === 0) {
    return (
      <Panel title="Machines">
        <EmptyState className="py-6!" icon={<Server />} title="No app needs a machine yet">
          When somebody builds an app with a server of its own, such as one with a database, its machine shows
          here.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel
      title="Machines"
      lead={`${plural(sandboxes.length, 'machine')} that ${sandboxes.length === 1 ? 'runs or is' : 'run or are'} kept, those used last first.`}
      flush
    >
      <ul className="divide-y">
        {sandboxes.map((entry) => (
          <Row key={entry.machine.id} entry={entry} />
        ))}
      </ul>
    </Panel>
  )
}

function Row({ entry: { project_id, project_name, owner, machine } }: { entry: SandboxEntry }) {
  const [asking, setAsking] = useState(false)
  const { word, tone } = STATES[machine.state]
  const stoppable = machine.state === 'running' || machine.state === 'starting'
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex min-w-0 items-center gap-2">
          <Link
            to={paths.project(project_id)}
            title={project_name}
            className="min-w-0 truncate font-medium underline-offset-2 hover:underline"
          >
            {project_name}
          </Link>
          <Badge tone={tone}>{word}</Badge>
        </p>
        <p className="truncate text-sm text-ink-muted" title={owner}>
          {owner}
        </p>
        {machine.step !== null && (
          <p className="text-sm text-pretty wrap-break-word text-ink-muted">{machine.step}</p>
        )}
      </div>
      <p className="basis-48 text-sm text-ink-muted tnum">
        {ENGINES[machine.engine].name}
        {machine.memory_bytes !== null && `, ${formatBytes(machine.memory_bytes)}`}
        <span className="block">
          used <RelativeTime at={machine.used_at} />
        </span>
      </p>
      <span className="flex w-20 justify-end max-sm:w-auto">
        {stoppable && (
          <Button size="sm" icon={<Power />} onClick={() => setAsking(true)}>
            Stop
            <span className="sr-only">: {project_name}</span>
          </Button>
        )}
      </span>
      {asking && <StopSandboxDialog id={machine.id} name={project_name} onClose={() => setAsking(false)} />}
    </li>
  )
}
