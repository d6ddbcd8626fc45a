import { ChevronRight, FileX2, FilePlus2, FileDiff as FileChanged } from 'lucide-react'
import { useState } from 'react'

import { type FileDiff } from '@/api/generated/wire'
import { cx } from '@/ui/cx'

import { useWorkspace } from '../context'
import { LineCounts } from '../turn/LineCounts'
import { Hunks, type DiffLayout } from './Hunks'

const CHANGES: Record<string, { icon: typeof FileChanged; word: string }> = {
  added: { icon: FilePlus2, word: 'Added' },
  removed: { icon: FileX2, word: 'Removed' },
  changed: { icon: FileChanged, word: 'Changed' },
}

/** How one file differs. */
export function FileDiffView({
  id,
  file,
  layout,
  openAtFirst,
}: {
  id: string
  file: FileDiff
  layout: DiffLayout
  openAtFirst: boolean
}) {
  const { openFile } = useWorkspace()
  const [open, setOpen] = useState(openAtFirst)
  const { icon: Icon, word } = CHANGES[file.change] ?? { icon: FileChanged, word: file.change }
  return (
    <section
      id={id}
      aria-label={`${word}: ${file.path}`}
      tabIndex={-1}
      className="scroll-mt-3 overflow-hidden rounded-card border"
    >
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
          <Hunks hunks={file.hunks} layout={layout} />
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
