import { useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, FileCheck2, ThumbsUp } from 'lucide-react'

import { type SmokeResult } from '@/api/generated/wire'
import { useMeantChange } from '@/api/checks'
import { invalidateFiles } from '@/api/files'
import { Badge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { formatDuration } from '@/ui/format'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

/** What the app did before, and whether it still does. */
export const SmokeRows = ({ results }: { results: readonly SmokeResult[] }) => (
  <ul aria-label="What worked before" className="flex flex-col gap-1.5 rounded-control bg-sunken p-2">
    {results.map((result) => (
      <li key={result.path} className="text-xs">
        <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1 [&_svg]:size-3.5 [&_svg]:shrink-0">
          {result.ok ? (
            <CircleCheck aria-hidden className="text-ok" />
          ) : (
            <CircleX aria-hidden className="text-danger" />
          )}
          <span className="min-w-0 wrap-anywhere text-ink">{result.name}</span>
          <span className={result.ok ? 'text-ink-muted' : 'font-medium text-danger'}>
            {result.ok ? 'ok' : 'failed'}
          </span>
          {!result.ok && result.ok_before === true && <Badge tone="danger">worked before</Badge>}
          {!result.ok && result.ok_before === false && <Badge>failed before, too</Badge>}
          <span className="ml-auto text-ink-faint tnum">{formatDuration(result.duration_ms)}</span>
        </p>
        {!result.ok && <Broken result={result} />}
      </li>
    ))}
  </ul>
)

function Broken({ result: { path, name, message } }: { result: SmokeResult }) {
  const { project, canEdit, openFile } = useWorkspace()
  const client = useQueryClient()
  const meant = useMeantChange(project.id)
  return (
    <div className="mt-1 flex flex-col gap-1.5 pl-5">
      {message !== '' && <p className="wrap-anywhere text-ink">{message}</p>}
      {meant.isSuccess ? (
        <p role="status" className="text-ink-muted">
          This was meant. The check is gone.
        </p>
      ) : (
        <div className="flex flex-wrap gap-1.5">
          {canEdit && (
            <Button
              size="sm"
              icon={<ThumbsUp />}
              busy={meant.isPending}
              aria-label={`This was meant: ${name}`}
              title="Removes the check: the app does something else now, as you wanted"
              onClick={() =>
                meant.mutate(path, {
                  onSuccess: () => {
                    notify(`“${name}” is checked no more`)
                    // Its file is gone.
                    void invalidateFiles(client, project.id)
                  },
                  onError: (error) => notifyError('The check was not removed', error),
                })
              }
            >
              This was meant
            </Button>
          )}
          <Button
            size="sm"
            variant="ghost"
            icon={<FileCheck2 />}
            aria-label={`Show the check: ${name}`}
            onClick={() => openFile(path)}
          >
            Show the check
          </Button>
        </div>
      )}
    </div>
  )
}
