import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { type ReactNode } from 'react'
import { Link } from 'react-router'

import { healthQuery } from '@/api/admin'
import { type DiskHealth, type Health } from '@/api/generated/wire'
import { PageHead, Panel } from '@/components/Panel'
import { paths } from '@/components/paths'
import { ErrorState } from '@/ui/ErrorState'
import { formatBytes, plural } from '@/ui/format'
import { RelativeTime } from '@/ui/RelativeTime'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

/** Less than this part of the disk is worth a warning. */
const LITTLE = 0.1

/** How the server is. */
export function HealthPage() {
  usePageTitle('Health')
  const health = useQuery(healthQuery())
  return (
    <>
      <PageHead title="Health" lead="The server that answers you, looked at every 10 seconds." />
      {health.isPending ? (
        <div aria-busy>
          <p className="sr-only">Asking the server how it is</p>
          <Skeleton className="h-72 rounded-card!" />
        </div>
      ) : health.data === undefined ? (
        <ErrorState
          title="The server did not say how it is"
          error={health.error}
          safe="Turns go on, if it runs."
          retry={() => void health.refetch()}
        />
      ) : (
        <Report health={health.data} />
      )}
    </>
  )
}

function Report({ health }: { health: Health }) {
  const { database, queue, disk } = health
  return (
    <>
      <Panel title="Server" flush>
        <Row name="State">
          {health.not_ready === null ? (
            <State ok>Ready</State>
          ) : (
            <State ok={false}>{`Takes no new work: ${health.not_ready}`}</State>
          )}
        </Row>
        <Row name="Version">QuickVibe {health.version}</Row>
        <Row name="Started">
          <RelativeTime at={health.started_at} />
        </Row>
        <Row name="Node">
          <span className="font-mono text-sm wrap-anywhere">{health.node_id}</span>
        </Row>
        <Row name="Built in">
          {plural(health.starters, 'starter')}, {plural(health.packages, 'npm package')}
        </Row>
      </Panel>
      <Panel title="Data" flush>
        <Row name="Database">
          {database.version}, {formatBytes(database.bytes)}
        </Row>
        <Row name="Disk">{disk === null ? 'The system does not tell.' : <Disk disk={disk} />}</Row>
      </Panel>
      <Panel title="Turns" flush>
        <Row name="Running">
          {queue.running} now; this node runs up to {queue.most}
        </Row>
        <Row name="Waiting">{queue.queued}</Row>
        <Row name="Failed">
          {queue.failed === 0 ? (
            'None waits for a decision'
          ) : (
            <Link to={paths.admin('failed-turns')} className="underline underline-offset-2">
              {plural(queue.failed, 'turn')} for you to decide about
            </Link>
          )}
        </Row>
      </Panel>
    </>
  )
}

function Disk({ disk }: { disk: DiskHealth }) {
  const text = `${formatBytes(disk.free_bytes)} free of ${formatBytes(disk.total_bytes)}`
  const little = disk.free_bytes < disk.total_bytes * LITTLE
  return <State ok={!little}>{little ? `${text}: make room soon` : text}</State>
}

function State({ ok, children }: { ok: boolean; children: ReactNode }) {
  const Icon = ok ? CircleCheck : CircleAlert
  return (
    <span className="flex items-start gap-2">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ok ? 'text-ok' : 'text-warn'}`} />
      <span className="min-w-0">{children}</span>
    </span>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <dl className="flex flex-wrap gap-x-4 px-4 py-2.5">
      <dt className="w-28 shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0 flex-1 basis-48 tnum">{children}</dd>
    </dl>
  )
}
