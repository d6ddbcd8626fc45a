import { Check, CircleAlert, FileDiff, FilePlus2, FileX2, Pencil, SquarePen, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

import { type FileActivity, type TurnState } from '@/stream/state'
import { cx } from '@/ui/cx'
import { Tooltip } from '@/ui/Tooltip'

import { useWorkspace } from '../context'
import { FileStream } from './FileStream'
import { LineCounts } from './LineCounts'
import { Section } from './Section'

const OPS = {
  write: { icon: FilePlus2, word: 'Written' },
  replace: { icon: FileDiff, word: 'Changed' },
  delete: { icon: FileX2, word: 'Deleted' },
  rename: { icon: SquarePen, word: 'Renamed' },
} as const

/** Each file as it is written. While the turn runs, a window of fixed height shows the one that streams. */
export function FileRows({ turn, active }: { turn: TurnState; active: boolean }) {
  const { openFile } = useWorkspace()
  const [chosen, setChosen] = useState<string | null>(null)
  const writing = turn.files.findLast((f) => f.state === 'writing')
  const shown = turn.files.find((f) => f.path === chosen) ?? (active ? writing : undefined)
  const canStream = (file: FileActivity) => file.text !== ''
  // Starters put files down whole: then there is nothing to watch.
  const streamed = active && turn.files.some(canStream)
  const list = useRef<HTMLUListElement>(null)
  const newest = turn.files.length
  useEffect(() => {
    if (active && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [active, newest])

  return (
    <Section title="Files" note={<Counts files={turn.files} />}>
      <ul ref={list} className="-mx-1.5 flex max-h-60 flex-col overflow-y-auto">
        {turn.files.map((file) => {
          const { icon: OpIcon, word } = OPS[file.op]
          const streams = canStream(file)
          return (
            <li key={file.path}>
              <Tooltip label={streams ? 'See it stream' : 'Open in the code pane'} side="right">
                <button
                  type="button"
                  aria-expanded={streams ? shown?.path === file.path : undefined}
                  onClick={() => {
                    if (streams) setChosen(chosen === file.path ? null : file.path)
                    else if (file.op !== 'delete') openFile(file.path)
                  }}
                  className={cx(
                    'flex w-full items-center gap-2 rounded-control px-1.5 py-0.75 text-left text-sm transition-colors hover:bg-hover pointer-coarse:min-h-10',
                    shown?.path === file.path && 'bg-hover',
                  )}
                >
                  <FileIcon file={file} active={active} />
                  <span className="min-w-0 flex-1 truncate font-mono text-xs" title={file.path}>
                    <PathText path={file.path} struck={file.op === 'delete'} />
                  </span>
                  <span className="sr-only">
                    {file.state === 'writing'
                      ? 'Being written'
                      : file.state === 'taken_back'
                        ? 'Taken back'
                        : file.state === 'failed'
                          ? 'Failed'
                          : word}
                  </span>
                  {file.state === 'writing' ? (
                    <span className="shrink-0 text-xs text-accent-text tnum">
                      {file.lines} {file.lines === 1 ? 'line' : 'lines'}
                    </span>
                  ) : file.state === 'failed' ? (
                    <span className="shrink-0 text-xs text-danger">{file.reason ?? 'Failed'}</span>
                  ) : file.state === 'taken_back' ? (
                    <span className="shrink-0 text-xs text-ink-muted">as before</span>
                  ) : file.state === 'written' ? (
                    <span className="shrink-0 text-xs text-ink-faint tnum">{file.lines} lines</span>
                  ) : (
                    <LineCounts added={file.added} removed={file.removed} />
                  )}
                  <OpIcon aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
                </button>
              </Tooltip>
            </li>
          )
        })}
      </ul>
      {(streamed || shown !== undefined) && <FileStream file={shown ?? turn.files.at(-1)} />}
    </Section>
  )
}

function FileIcon({ file, active }: { file: FileActivity; active: boolean }) {
  if (file.state === 'writing' && active) {
    return <Pencil aria-hidden className="size-4 shrink-0 animate-pulse-dot text-accent-text" />
  }
  if (file.state === 'failed') return <CircleAlert aria-hidden className="size-4 shrink-0 text-danger" />
  if (file.state === 'taken_back') {
    return <Undo2 aria-hidden className="size-4 shrink-0 text-ink-faint" />
  }
  return (
    <Check
      aria-hidden
      className={cx('size-4 shrink-0', file.state === 'applied' ? 'text-ok' : 'text-ink-faint')}
    />
  )
}

/** The folders faint, the name plain. */
function PathText({ path, struck }: { path: string; struck: boolean }) {
  const cut = path.lastIndexOf('/') + 1
  return (
    <span className={cx(struck && 'line-through')}>
      <span className="text-ink-faint">{path.slice(0, cut)}</span>
      {path.slice(cut)}
    </span>
  )
}

function Counts({ files }: { files: readonly FileActivity[] }) {
  const count = (op: FileActivity['op']) => files.filter((f) => f.op === op && f.state !== 'failed').length
  const parts = [
    [count('write'), 'written'],
    [count('replace'), 'changed'],
    [count('rename'), 'renamed'],
    [count('delete'), 'deleted'],
  ] as const
  return (
    <>
      {parts
        .filter(([n]) => n > 0)
        .map(([n, word]) => `${n} ${word}`)
        .join(', ')}
    </>
  )
}
