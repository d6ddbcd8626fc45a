import { useState } from 'react'

import { type StepKind, type UsageReport, type UsageTotals } from '@/api/generated/wire'
import { plural } from '@/ui/format'
import { Money } from '@/ui/Money'
import { TabList, TabsRoot } from '@/ui/Tabs'
import { Tokens } from '@/ui/Tokens'

import { dayName } from './days'

type By = 'day' | 'project' | 'model' | 'key' | 'step' | 'user'

const TABS: readonly { value: By; label: string }[] = [
  { value: 'day', label: 'Day' },
  { value: 'project', label: 'Project' },
  { value: 'model', label: 'Model' },
  { value: 'key', label: 'Key' },
  { value: 'step', label: 'Step' },
  { value: 'user', label: 'User' },
]

const STEPS: Record<StepKind, string> = {
  draft: 'First answers',
  continuation: 'Answers gone on with',
  repair: 'Repairs, not charged',
  tool: 'Answers after runs',
  plan: 'Plans',
  review: 'Reviews',
  test: 'Smoke checks written',
}

interface Row {
  key: string
  name: string
  date?: string
  totals: UsageTotals
}

function rowsOf(report: UsageReport, by: By): Row[] {
  const groups = { project: report.projects, model: report.models, key: report.keys, user: report.users }
  switch (by) {
    case 'day':
      return report.days
        .filter((day) => day.totals.steps > 0)
        .map(({ date, totals }) => ({ key: date, name: dayName(date), date, totals }))
        .reverse()
    case 'step':
      return report.kinds.map(({ kind, totals }) => ({ key: kind, name: STEPS[kind], totals }))
    default:
      return groups[by].map(({ id, name, totals }) => ({ key: id ?? 'others', name, totals }))
  }
}

const cell = 'px-2 py-2 text-right whitespace-nowrap tnum sm:px-4 last:pr-4'

/** The report in numbers, by what one chooses. */
export function GroupTable({ report, everybody }: { report: UsageReport; everybody: boolean }) {
  const [wanted, setBy] = useState<By>('day')
  const by = wanted === 'user' && !everybody ? 'day' : wanted
  const tabs = TABS.filter((tab) => everybody || tab.value !== 'user')
  return (
    <>
      <div className="overflow-x-auto p-2">
        <TabsRoot value={by} onChange={setBy}>
          <TabList detached label="Add up by" tabs={tabs} />
        </TabsRoot>
      </div>
      <div className="overflow-x-auto">
        <table className="w-full">
          <caption className="sr-only">Usage by {by}</caption>
          <thead className="text-sm text-ink-muted">
            <tr className="border-b">
              <th scope="col" className="px-4 py-2 text-left font-medium">
                {tabs.find((tab) => tab.value === by)?.label}
              </th>
              <th scope="col" className={`${cell} font-medium max-sm:hidden`}>
                Calls
              </th>
              <th scope="col" className={`${cell} font-medium`}>
                Sent
              </th>
              <th scope="col" className={`${cell} font-medium max-sm:hidden`}>
                Answered
              </th>
              <th scope="col" className={`${cell} font-medium`}>
                Cost
              </th>
              <th
                scope="col"
                className={`${cell} font-medium max-sm:hidden`}
                title="What sending every file and answering whole files would have cost"
              >
                Every file
              </th>
            </tr>
          </thead>
          <tbody className="divide-y">
            {rowsOf(report, by).map(({ key, name, date, totals }) => (
              <tr key={key}>
                <th
                  scope="row"
                  className="max-w-44 truncate px-4 py-2 text-left font-normal sm:max-w-64"
                  title={name}
                >
                  {date === undefined ? name : <time dateTime={date}>{name}</time>}
                </th>
                <td className={`${cell} max-sm:hidden`}>{totals.steps.toLocaleString('en-US')}</td>
                <td className={cell}>
                  <Tokens count={totals.input + totals.cache_read + totals.cache_write} />
                </td>
                <td className={`${cell} max-sm:hidden`}>
                  <Tokens count={totals.output} />
                </td>
                <td className={cell}>
                  <Cost totals={totals} />
                </td>
                <td className={`${cell} text-ink-muted max-sm:hidden`}>
                  {totals.naive.priced_steps === 0 ? (
                    <span title="Not counted for these calls">–</span>
                  ) : (
                    <Money nanousd={totals.naive.cost_nanousd} estimated />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Cost({ totals }: { totals: UsageTotals }) {
  if (totals.unpriced_steps === totals.steps) return <span className="text-ink-muted">not known</span>
  if (totals.unpriced_steps === 0) return <Money nanousd={totals.cost_nanousd} />
  return (
    <span title={`Without ${plural(totals.unpriced_steps, 'call')} of unknown price`}>
      <Money nanousd={totals.cost_nanousd} />
      <span className="text-ink-muted"> + ?</span>
    </span>
  )
}
