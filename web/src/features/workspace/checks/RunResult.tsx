import { type CheckRun } from '@/api/generated/wire'
import { plural } from '@/ui/format'

import { Diagnostics } from '../Diagnostics'

/** What the last run of the checks saw. */
export function RunResult({ run }: { run: CheckRun }) {
  const held = run.smoke.filter((result) => result.ok).length
  return (
    <section aria-label="The last run" className="flex items-start gap-3 rounded-card border p-3 text-sm">
      <div className="flex min-w-0 flex-1 flex-col gap-2">
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
      </div>
      {run.screenshot !== null && (
        <a href={run.screenshot} target="_blank" rel="noreferrer" className="shrink-0 rounded-control">
          <img
            src={run.screenshot}
            alt="The app as the server’s browser saw it"
            className="h-20 w-32 rounded-control border object-cover object-top"
          />
        </a>
      )}
    </section>
  )
}
