import { type RoleUsage } from '@/api/generated/wire'
import { Money } from '@/ui/Money'
import { Tokens } from '@/ui/Tokens'

import { modelName, roleLook } from './roles'

/** What each part of the agent's took. */
export function RoleCosts({ rows }: { rows: readonly RoleUsage[] }) {
  return (
    <details className="border-t px-3 py-2 text-xs text-ink-muted">
      <summary className="w-fit cursor-pointer font-medium">Cost by role</summary>
      <div className="mt-1.5 overflow-x-auto">
        <table className="w-full text-left tnum">
          <thead>
            <tr className="text-ink-faint *:py-0.5 *:pr-3 *:font-normal">
              <th scope="col">Role</th>
              <th scope="col">Model</th>
              <th scope="col" className="text-right">
                Calls
              </th>
              <th scope="col" className="text-right">
                Tokens
              </th>
              <th scope="col" className="pr-0! text-right">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ role, model, calls, usage, cost_nanousd: cost }) => (
              <tr key={`${role} ${model}`} className="*:py-0.5 *:pr-3">
                <th scope="row" className="font-medium text-ink">
                  {roleLook(role).label}
                </th>
                <td className="max-w-32 truncate" title={model}>
                  {model === '' ? 'Starters' : modelName(model)}
                </td>
                <td className="text-right">{calls}</td>
                <td className="text-right">
                  <Tokens
                    count={usage.input + usage.cache_read + usage.cache_write + usage.output}
                    estimated={!usage.reported}
                  />
                </td>
                <td className="pr-0! text-right whitespace-nowrap">
                  <Money nanousd={cost} estimated={!usage.reported && cost !== null && cost > 0} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
