import { ChevronRight, FileX2, FilePlus2, FileDiff as FileChanged } from 'lucide-react'
import { useState } from 'react'

import { type FileDiff } from '@/api/generated/wire'
import { cx } from '@/ui/cx'

import { useWorkspace } from '../context'
import { LineCounts } from '../turn/LineCounts'
import { numbered, sideBySideRows, type NumberedLine } from './rows'

const CHANGES: Record<string, { icon: typeof FileChanged; word: string }> = {
  added: { icon: FilePlus2, word: 'Added' },
  removed: { icon: FileX2, word: 'Removed' },
  changed: { icon: FileChanged, word: 'Changed' },
}

/** How one file differs. */
export function FileDiffView({
  file,
  sideBySide,
  openAtFirst,
}: {
  file: FileDiff
  sideBySide: boolean
  openAtFirst: boolean
}) {
  const { openFile } = useWorkspace()
  const [open, setOpen] = useState(openAtFirst)
  const { icon: Icon, word } = CHANGES[file.change] ?? { icon: FileChanged, word: file.change }
  return (
    <section aria-label={`${word}: ${file.path}`} className="overflow-hidden rounded-card border">
      <header className={cx('flex items-center gap-2 bg-canvas pr-3', open && 'border-b')}>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-2 px-3 py-2 text-left focus-visible:-outline-offset-2"
        >
          <ChevronRight
            aria-hidden
            className={cx('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')}
          />
          <Icon aria-hidden className="size-4 shrink-0 text-ink-muted" />
          <span className="min-w-0 truncate font-mono text-xs">{file.path}</span>
          <span className="shrink-0 text-xs text-ink-muted">{word}</span>
        </button>
        <LineCounts added={file.added} removed={file.removed} />
        {file.change !== 'removed' && (
          <button
            type="button"
            className="rounded-sm text-xs text-accent-text hover:underline"
            onClick={() => openFile(file.path)}
          >
            Open
          </button>
        )}
      </header>
      {open && (
        <div className="overflow-x-auto bg-surface font-mono text-xs leading-5">
          {file.binary && (
            <p className="px-3 py-2 font-sans text-sm text-ink-muted">This is not a text file.</p>
          )}
          {file.hunks.map((hunk, i) => (
            <div
              key={`${hunk.old_start}-${hunk.new_start}`}
              className={cx(i > 0 && 'border-t border-dashed')}
            >
              {sideBySide ? (
                <table className="w-full table-fixed">
                  <tbody>
                    {sideBySideRows(hunk).map(([left, right], n) => (
                      <tr key={n}>
                        <Half line={left} side="old" />
                        <Half line={right} side="new" />
                      </tr>
                    ))}
                  </tbody>
                </table>
              ) : (
                <table className="w-full">
                  <tbody>
                    {numbered(hunk).map((line, n) => (
                      <tr key={n} className={LINE[line.kind]}>
                        <td className={GUTTER}>{line.old}</td>
                        <td className={GUTTER}>{line.new}</td>
                        <td className="w-4 text-center select-none">{SIGNS[line.kind]}</td>
                        <td className="pr-3 whitespace-pre">{line.text || ' '}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </div>
          ))}
          {file.truncated && (
            <p className="border-t px-3 py-2 font-sans text-sm text-ink-muted">
              The file is too large to show all of its changes here.
            </p>
          )}
        </div>
      )}
    </section>
  )
}

const GUTTER = 'tnum w-10 min-w-10 px-2 text-right text-ink-faint select-none'
const LINE = { same: '', added: 'bg-ok-soft', removed: 'bg-danger-soft' } as const
const SIGNS = { same: '', added: '+', removed: '−' } as const

function Half({ line, side }: { line: NumberedLine | null; side: 'old' | 'new' }) {
  if (!line) return <td colSpan={2} className="w-1/2 bg-sunken" />
  return (
    <>
      <td className={cx(GUTTER, LINE[line.kind])}>{line[side]}</td>
      <td
        className={cx(
          'overflow-hidden pr-3 break-all whitespace-pre-wrap',
          LINE[line.kind],
          side === 'old' && 'border-r',
        )}
      >
        <span className="sr-only">{line.kind === 'same' ? '' : line.kind}</span>
        {line.text || ' '}
      </td>
    </>
  )
}
