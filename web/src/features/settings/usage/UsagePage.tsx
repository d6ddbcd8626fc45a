import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartColumn } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { type UsageReport } from '@/api/generated/wire'
import { usageQuery } from '@/api/usage'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { plural } from '@/ui/format'
import { Money } from '@/ui/Money'
import { Select } from '@/ui/Select'
import { Skeleton } from '@/ui/Skeleton'
import { Tokens } from '@/ui/Tokens'
import { usePageTitle } from '@/ui/usePageTitle'

import { PageHead, Panel } from '../Panel'
import { DayTable } from './DayTable'
import { UsageChart } from './UsageChart'

const PERIODS = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
] as const

type Period = (typeof PERIODS)[number]['value']

/** What was used and what it cost. */
export function UsagePage() {
  usePageTitle('Usage')
  const [period, setPeriod] = useState<Period>('30')
  const usage = useQuery({ ...usageQuery(Number(period)), placeholderData: keepPreviousData })
  return (
    <>
      <PageHead
        title="Usage"
        lead="What your projects asked of models, and what that cost at the providers' prices."
        action={
          <Select label="Period" value={period} options={PERIODS} onChange={setPeriod} className="w-40" />
        }
      />
      {usage.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the usage</p>
          <Skeleton className="mb-8 h-24 rounded-card!" />
          <Skeleton className="h-56 rounded-card!" />
        </div>
      ) : usage.data === undefined ? (
        <ErrorState
          title="The usage did not load"
          error={usage.error}
          safe="It goes on being counted on the server."
          retry={() => void usage.refetch()}
        />
      ) : (
        <Report report={usage.data} />
      )}
    </>
  )
}

function Report({ report }: { report: UsageReport }) {
  const { total } = report
  if (total.steps === 0) {
    return (
      <EmptyState
        icon={<ChartColumn />}
        title="No model was called in this time"
        action={
          <Button asChild>
            <Link to={paths.settings('models')}>Connect a model</Link>
          </Button>
        }
      >
        Starters cost nothing. Calls to models are counted here, with their price.
      </EmptyState>
    )
  }
  return (
    <>
      <dl className="mb-8 grid grid-cols-2 gap-px overflow-hidden rounded-card border bg-line lg:grid-cols-4">
        <Figure
          name="Cost"
          value={<Money nanousd={total.cost_nanousd} />}
          note={
            total.unpriced_steps > 0
              ? `without ${plural(total.unpriced_steps, 'call')} of unknown price`
              : 'every call is priced'
          }
        />
        <Figure
          name="Sent"
          value={<Tokens count={total.input + total.cache_read + total.cache_write} />}
          note={`tokens, ${shareOf(total.cache_read, total.input + total.cache_read + total.cache_write)} from the cache`}
        />
        <Figure name="Answered" value={<Tokens count={total.output} />} note="tokens" />
        <Figure name="Calls" value={total.steps.toLocaleString('en-US')} note="to models" />
      </dl>
      <Panel title="By day">
        <UsageChart days={report.days} />
      </Panel>
      <Panel title="Days with use" flush>
        <DayTable days={report.days} />
      </Panel>
    </>
  )
}

const shareOf = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((part / whole) * 100)} %`

const Figure = ({ name, value, note }: { name: string; value: React.ReactNode; note: string }) => (
  <div className="flex flex-col bg-surface p-4">
    <dt className="text-sm text-ink-muted">{name}</dt>
    <dd className="mt-1 text-lg font-semibold tnum">{value}</dd>
    <dd className="text-sm text-ink-muted">{note}</dd>
  </div>
)
