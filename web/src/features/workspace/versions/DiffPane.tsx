import { useQuery } from '@tanstack/react-query'
import { Columns2, Rows2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'

import { type Version } from '@/api/generated/wire'
import { diffQuery } from '@/api/versions'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { Select } from '@/ui/Select'
import { Spinner } from '@/ui/Spinner'
import { readStored, writeStored } from '@/ui/storage'

import { useWorkspace } from '../context'
import { LineCounts } from '../turn/LineCounts'
import { FileDiffView } from './FileDiffView'

type Against = 'before' | 'current'

/** What one version changed, against the one before it or the current one. */
export default function DiffPane({ version, back }: { version: Version; back: ReactNode }) {
  const { project, wide } = useWorkspace()
  const [against, setAgainst] = useState<Against>('before')
  const [sideBySide, setSideBySide] = useState(() => readStored('qv-diff') === 'side')
  const head = project.head_version ?? version.number
  const isHead = version.number === head
  const [from, to] =
    against === 'current' && !isHead ? [version.number, head] : [version.number - 1, version.number]
  const diff = useQuery(diffQuery(project.id, from, to))
  const totals = diff.data?.files.reduce(
    (sum, f) => ({ added: sum.added + f.added, removed: sum.removed + f.removed }),
    { added: 0, removed: 0 },
  )

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex h-10 shrink-0 items-center gap-2 border-b bg-canvas px-2">
        {back}
        {isHead ? (
          <p className="truncate px-1.5 text-sm text-ink-muted">
            {version.number === 1
              ? 'Everything in version 1'
              : `Version ${version.number - 1} to ${version.number}`}
          </p>
        ) : (
          <Select
            label="Compare with"
            look="bare"
            value={against}
            onChange={setAgainst}
            options={[
              {
                value: 'before',
                label:
                  version.number === 1
                    ? 'Everything in version 1'
                    : `Version ${version.number - 1} to ${version.number}`,
                hint: 'What this version changed',
              },
              {
                value: 'current',
                label: `Version ${version.number} to ${head}`,
                hint: 'What has changed since',
              },
            ]}
          />
        )}
        {totals && diff.data && (
          <span className="flex items-center gap-2 text-xs text-ink-muted">
            <span className="hidden sm:inline">{plural(diff.data.files.length, 'file')}</span>
            <LineCounts {...totals} />
          </span>
        )}
        <span className="ml-auto" />
        {wide && (
          <IconButton
            label={sideBySide ? 'Show changes inline' : 'Show changes side by side'}
            icon={sideBySide ? <Rows2 /> : <Columns2 />}
            size="sm"
            onClick={() => {
              setSideBySide(!sideBySide)
              writeStored('qv-diff', sideBySide ? null : 'side')
            }}
          />
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {diff.isPending && (
          <div className="grid h-full place-items-center">
            <Spinner>Comparing versions</Spinner>
          </div>
        )}
        {diff.isError && (
          <ErrorState
            title="The versions could not be compared"
            error={diff.error}
            safe="Both are unchanged."
            retry={() => void diff.refetch()}
          />
        )}
        {diff.data?.files.length === 0 && (
          <EmptyState title="No file differs">These two versions have the same files.</EmptyState>
        )}
        <div className="flex flex-col gap-3 p-3">
          {diff.data?.files.map((file) => (
            <FileDiffView
              key={file.path}
              file={file}
              sideBySide={wide && sideBySide}
              openAtFirst={diff.data.files.length <= 12}
            />
          ))}
        </div>
      </div>
    </div>
  )
}
