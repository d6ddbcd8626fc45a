import { type UsageDay } from '@/api/generated/wire'
import { Money } from '@/ui/Money'
import { Tokens } from '@/ui/Tokens'

import { dayName } from './days'

const cell = 'px-2 py-2 text-right tnum sm:px-4 last:pr-4'

/** The days on which a model was called, newest first. */
export function DayTable({ days }: { days: readonly UsageDay[] }) {
  const used = days.filter((day) => day.totals.steps > 0).reverse()
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead className="text-sm text-ink-muted">
          <tr className="border-b">
            <th scope="col" className="px-4 py-2 text-left font-medium">
              Day
            </th>
            <th scope="col" className={`${cell} font-medium max-sm:hidden`}>
              Calls
            </th>
            <th scope="col" className={`${cell} font-medium`}>
              Sent
            </th>
            <th scope="col" className={`${cell} font-medium`}>
              Answered
            </th>
            <th scope="col" className={`${cell} font-medium`}>
              Cost
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {used.map(({ date, totals }) => (
            <tr key={date}>
              <th scope="row" className="px-4 py-2 text-left font-normal whitespace-nowrap">
                <time dateTime={date}>{dayName(date)}</time>
              </th>
              <td className={`${cell} max-sm:hidden`}>{totals.steps}</td>
              <td className={cell}>
                <Tokens count={totals.input + totals.cache_read + totals.cache_write} />
              </td>
              <td className={cell}>
                <Tokens count={totals.output} />
              </td>
              <td className={cell}>
                <Money nanousd={totals.unpriced_steps === totals.steps ? null : totals.cost_nanousd} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
