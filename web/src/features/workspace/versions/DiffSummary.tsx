import { type FileDiff, type VersionDiff } from '@/api/generated/wire'
import { plural } from '@/ui/format'

import { LineCounts } from '../turn/LineCounts'

const WORDS: [change: string, word: string][] = [
  ['added', 'added'],
  ['changed', 'changed'],
  ['removed', 'removed'],
]

interface DiffSummaryProps {
  diff: VersionDiff
  /** What was said about the change. */
  words: string | null
  /** Shows that file. */
  onFile: (index: number) => void
}

/** What changed, before the lines: how many files and lines, and which. */
export function DiffSummary({ diff, words, onFile }: DiffSummaryProps) {
  const { files } = diff
  const totals = files.reduce(
    (sum, f) => ({ added: sum.added + f.added, removed: sum.removed + f.removed }),
    { added: 0, removed: 0 },
  )
  const kinds = WORDS.map(
    ([change, word]) => [files.filter((f) => f.change === change).length, word] as const,
  )
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
  return (
    <section aria-label="What changed" className="border-b px-4 py-3 text-sm">
      {words !== null && <p className="mb-1 text-base text-pretty wrap-anywhere">{words}</p>}
      <p className="flex flex-wrap items-center gap-x-2 text-ink-muted tnum">
        <span>
          {plural(files.length, 'file')}: {kinds}
        </span>
        <LineCounts {...totals} />
      </p>
      {files.length > 1 && (
        <ul className="mt-2 flex max-h-40 flex-col overflow-y-auto">
          {files.map((file, i) => (
            <li key={file.path}>
              <FileLine file={file} onClick={() => onFile(i)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const FileLine = ({ file, onClick }: { file: FileDiff; onClick: () => void }) => (
  <button
    type="button"
    onClick={onClick}
    className="flex w-full items-center gap-2 rounded-sm py-0.5 text-left hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
  >
    <span className="min-w-0 truncate font-mono text-xs">{file.path}</span>
    {file.change !== 'changed' && <span className="text-xs text-ink-muted">{file.change}</span>}
    <span className="ml-auto">
      <LineCounts added={file.added} removed={file.removed} />
    </span>
  </button>
)
