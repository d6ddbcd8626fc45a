import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartColumn, Download } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { sessionQuery } from '@/api/auth'
import { type UsageReport } from '@/api/generated/wire'
import { usageCsv, usageQuery, type UsageFilter } from '@/api/usage'
import { PageHead, Panel } from '@/components/Panel'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { plural } from '@/ui/format'
import { Select } from '@/ui/Select'
import { Skeleton } from '@/ui/Skeleton'
import { usePageTitle } from '@/ui/usePageTitle'

import { BudgetPanel } from './BudgetPanel'
import { firstOfMonth } from './days'
import { Figures } from './Figures'
import { Filters, type Narrowed } from './Filters'
import { GroupTable } from './GroupTable'
import { UsageChart } from './UsageChart'

const PERIODS = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
  { value: 'month', label: 'This month' },
] as const

const WHOSE = [
  { value: 'mine', label: 'My usage' },
  { value: 'all', label: 'All users' },
] as const

type Period = (typeof PERIODS)[number]['value']
type Whose = (typeof WHOSE)[number]['value']

const timeOf = (period: Period): UsageFilter =>
  period === 'month' ? { from: firstOfMonth(new Date()) } : { days: Number(period) }

/** What was used and what it cost. */
export function UsagePage() {
  usePageTitle('Usage')
  const [period, setPeriod] = useState<Period>('30')
  const [whose, setWhose] = useState<Whose>('mine')
  const [narrowed, setNarrowed] = useState<Narrowed>({})
  const session = useQuery(sessionQuery())
  const everybody = whose === 'all'
  const time = timeOf(period)
  const filter = { ...time, ...narrowed }
  const usage = useQuery({ ...usageQuery(filter, everybody), placeholderData: keepPreviousData })
  const whole = useQuery({ ...usageQuery(time, everybody), placeholderData: keepPreviousData })
  return (
    <>
      <PageHead
        title="Usage"
        lead={
          everybody
            ? 'What the projects of all users asked of models, and what that cost.'
            : 'What your projects asked of models, and what that cost.'
        }
        action={
          <div className="flex flex-wrap gap-2">
            {session.data?.account.is_admin === true && (
              <Select
                label="Whose usage"
                value={whose}
                options={WHOSE}
                onChange={(next) => {
                  setWhose(next)
                  setNarrowed({})
                }}
                className="w-32"
              />
            )}
            <Select label="Period" value={period} options={PERIODS} onChange={setPeriod} className="w-36" />
            <Button asChild>
              <a href={usageCsv(filter, everybody)} download title="A row for each call">
                <Download aria-hidden />
                CSV
              </a>
            </Button>
          </div>
        }
      />
      <BudgetPanel />
      {usage.isPending ? (
        <div aria-busy>
          <p className="sr-only">Loading the usage</p>
          <Skeleton className="mb-8 h-24 rounded-card!" />
          <Skeleton className="mb-8 h-72 rounded-card!" />
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
        <>
          <Filters report={whole.data} value={narrowed} onChange={setNarrowed} />
          <Report report={usage.data} everybody={everybody} />
        </>
      )}
    </>
  )
}

function Report({ report, everybody }: { report: UsageReport; everybody: boolean }) {
  const { total, prices } = report
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
      <Figures report={report} />
      <Panel title="By day">
        <UsageChart days={report.days} />
      </Panel>
      <Panel title="In numbers" flush>
        <GroupTable report={report} everybody={everybody} />
      </Panel>
      <p className="text-sm text-pretty text-ink-muted">
        Days are those of UTC. Prices as of {prices.date} ({prices.source}), or as an administrator has set
        them.
        {total.unpriced_steps > 0 &&
          ` ${plural(total.unpriced_steps, 'step')} of unknown price ${total.unpriced_steps === 1 ? 'is' : 'are'} not in the sums.`}
      </p>
    </>
  )
}
