import { X } from 'lucide-react'

import { cx } from '@/ui/cx'

import { FileGlyph } from './FileGlyph'

interface EditorTabsProps {
  tabs: readonly string[]
  active: string | null
  dirty: ReadonlySet<string>
  onSelect: (path: string) => void
  onClose: (path: string) => void
}

/** The open files. Names that occur twice show their folder. */
export function EditorTabs({ tabs, active, dirty, onSelect, onClose }: EditorTabsProps) {
  const nameOf = (path: string) => path.split('/').at(-1) ?? path
  return (
    <div
      role="group"
      aria-label="Open files"
      className="flex h-9 shrink-0 items-stretch overflow-x-auto border-b bg-canvas"
    >
      {tabs.map((path) => {
        const name = nameOf(path)
        const twin = tabs.some((other) => other !== path && nameOf(other) === name)
        return (
          <div
            key={path}
            className={cx(
              'group flex max-w-56 shrink-0 items-center border-r',
              path === active
                ? 'bg-surface text-ink shadow-[inset_0_-1px_var(--surface)]'
                : 'text-ink-muted hover:bg-hover',
            )}
          >
            <button
              type="button"
              aria-current={path === active || undefined}
              title={path}
              onClick={() => onSelect(path)}
              onAuxClick={(event) => event.button === 1 && onClose(path)}
              className="flex h-full min-w-0 items-center gap-1.5 pr-1 pl-3 text-sm focus-visible:-outline-offset-2"
            >
              <FileGlyph path={path} />
              <span className="truncate">{name}</span>
              {twin && <span className="truncate text-xs text-ink-faint">{path.split('/').at(-2)}</span>}
              {dirty.has(path) && <span className="sr-only">not saved</span>}
            </button>
            <button
              type="button"
              aria-label={`Close ${name}`}
              onClick={() => onClose(path)}
              className="relative mr-1 grid size-6 shrink-0 place-items-center rounded-sm text-ink-faint hover:bg-pressed hover:text-ink"
            >
              <X
                aria-hidden
                className={cx('size-3.5', dirty.has(path) && 'opacity-0 group-hover:opacity-100')}
              />
              {dirty.has(path) && (
                <span aria-hidden className="absolute size-2 rounded-full bg-accent group-hover:opacity-0" />
              )}
            </button>
          </div>
        )
      })}
    </div>
  )
}
