import { Ban, CircleX, Info, TriangleAlert, Wrench } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'

import { useWorkspace } from '../context'
import { fixPrompt, type LogEntry, type PreviewLog } from '../preview/previewLog'
import { DrawerActs } from './slot'

interface ConsolePanelProps {
  log: PreviewLog
  onClear: () => void
}

/** What the running app said in the browser; errors can be handed to the agent. */
export function ConsolePanel({ log, onClear }: ConsolePanelProps) {
  const { compose, canEdit } = useWorkspace()
  const [onlyErrors, setOnlyErrors] = useState(false)
  const end = useRef<HTMLDivElement>(null)
  const errors = log.entries.filter((e) => e.level === 'error')
  const shown = onlyErrors ? errors : log.entries

  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' })
  }, [shown.length])

  return (
    <>
      <DrawerActs>
        <Button
          size="sm"
          variant="ghost"
          aria-pressed={onlyErrors}
          onClick={() => setOnlyErrors(!onlyErrors)}
          className={cx('@max-md:hidden', onlyErrors && 'bg-hover text-ink')}
        >
          Errors only
        </Button>
        {errors.length > 0 && canEdit && (
          <Button size="sm" icon={<Wrench />} onClick={() => compose(fixPrompt(errors))}>
            Fix {errors.length === 1 ? 'this error' : `these ${Math.min(5, errors.length)} errors`}
          </Button>
        )}
        <IconButton label="Clear the console" icon={<Ban />} size="sm" side="top" onClick={onClear} />
      </DrawerActs>
      <div className="min-h-0 flex-1 overflow-y-auto font-mono text-xs">
        {shown.length === 0 ? (
          <p className="px-3 py-3 font-sans text-sm text-ink-muted">
            {onlyErrors
              ? 'No errors.'
              : 'Nothing yet. What the app writes to the console, and what fails in it, shows here.'}
          </p>
        ) : (
          <ul>
            {log.dropped > 0 && !onlyErrors && (
              <li className="border-b px-3 py-1.5 text-ink-faint">
                {plural(log.dropped, 'earlier line')} left out.
              </li>
            )}
            {shown.map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
        <div ref={end} />
      </div>
    </>
  )
}

const LEVELS = {
  error: { icon: CircleX, word: 'Error', row: 'bg-danger-soft', ink: 'text-danger' },
  warn: { icon: TriangleAlert, word: 'Warning', row: 'bg-warn-soft', ink: 'text-warn' },
  info: { icon: Info, word: 'Info', row: '', ink: 'text-ink-faint' },
  log: { icon: null, word: 'Log', row: '', ink: '' },
  debug: { icon: null, word: 'Debug', row: '', ink: '' },
} as const

function Row({ entry }: { entry: LogEntry }) {
  const { openFile, compose, canEdit } = useWorkspace()
  const { icon: Icon, word, row, ink } = LEVELS[entry.level]
  const { at } = entry
  return (
    <li className={cx('group flex items-start gap-2 border-b px-3 py-1', row)}>
      <span className={cx('mt-0.5 size-3.5 shrink-0', ink)}>
        {Icon && <Icon aria-hidden className="size-3.5" />}
      </span>
      <span className="sr-only">{word}</span>
      <span className="min-w-0 flex-1 break-words whitespace-pre-wrap">
        {entry.text}
        {entry.count > 1 && (
          <span className="ml-2 rounded-sm bg-hover px-1 text-ink-muted">×{entry.count}</span>
        )}
      </span>
      {at && (
        <button
          type="button"
          className="max-w-[40%] shrink-0 truncate rounded-sm text-accent-text hover:underline"
          onClick={() => openFile(at.file, at.line ?? undefined)}
        >
          {at.file}
          {at.line !== null && `:${at.line}`}
        </button>
      )}
      {entry.level === 'error' && canEdit && (
        <button
          type="button"
          className="shrink-0 rounded-sm font-sans font-medium text-accent-text hover:underline"
          onClick={() => compose(fixPrompt([entry]))}
        >
          Fix this
        </button>
      )}
    </li>
  )
}
