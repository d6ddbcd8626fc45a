import { type CheckRun } from '@/api/generated/wire'
import { plural } from '@/ui/format'

import { Diagnostics } from '../Diagnostics'

/** What the last run of the checks saw. */
export function RunResult({ run }: { run: CheckRun }) {
  const held = run.smoke.filter((result) => result.ok).length
  return (
    <section aria-label="The last run" className="flex flex-col gap-2 rounded-card border p-3 text-sm">
      <p role="status" className="font-medium">
        {run.smoke.length === 0
          ? 'The app was opened.'
          : held === run.smoke.length
            ? `All ${plural(held, 'check')} hold.`
            : `${held} of ${plural(run.smoke.length, 'check')} hold.`}{' '}
        <span className="font-normal text-ink-muted">
          {run.diagnostics.length === 0
            ? 'No problem was found.'
            : `${plural(run.diagnostics.length, 'problem')} found.`}
        </span>
      </p>
      {run.diagnostics.length > 0 && <Diagnostics items={run.diagnostics} />}
      {run.screenshot !== null && (
        <a href={run.screenshot} target="_blank" rel="noreferrer" className="w-fit rounded-control">
          <img
            src={run.screenshot}
            alt="The app as the server’s browser saw it"
            className="max-h-56 max-w-full rounded-control border"
          />
        </a>
      )}
    </section>
  )
}
