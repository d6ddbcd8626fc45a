import { ChevronRight, Ellipsis, FilePlus2, Pencil, Trash2 } from 'lucide-react'
import { useRef, useState, type KeyboardEvent } from 'react'

import { type FileEntry } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { DropdownMenu, MenuItem } from '@/ui/DropdownMenu'
import { IconButton } from '@/ui/IconButton'

import { FileGlyph } from './FileGlyph'
import { parentOf, treeRows, type TreeRow } from './tree'

interface FileTreeProps {
  files: readonly FileEntry[]
  active: string | null
  dirty: ReadonlySet<string>
  canEdit: boolean
  onOpen: (path: string) => void
  onNew: (folder: string) => void
  onRename: (path: string) => void
  onDelete: (path: string) => void
}

/** The project's files. Arrow keys move, Enter opens, F2 renames, Delete deletes. */
export function FileTree({
  files,
  active,
  dirty,
  canEdit,
  onOpen,
  onNew,
  onRename,
  onDelete,
}: FileTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [cursor, setCursor] = useState<string | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const rows = treeRows(files, closed)
  const at = Math.max(
    0,
    rows.findIndex((row) => row.path === (cursor ?? active)),
  )

  const toggle = (path: string, open: boolean) => {
    const next = new Set(closed)
    if (open) next.delete(path)
    else next.add(path)
    setClosed(next)
  }
  const go = (row: TreeRow | undefined) => {
    if (!row) return
    setCursor(row.path)
    list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus()
  }
  const activate = (row: TreeRow) => (row.kind === 'folder' ? toggle(row.path, !row.open) : onOpen(row.path))

  const onKeyDown = (event: KeyboardEvent, row: TreeRow) => {
    const run = {
      ArrowDown: () => go(rows[at + 1]),
      ArrowUp: () => go(rows[at - 1]),
      Home: () => go(rows[0]),
      End: () => go(rows.at(-1)),
      ArrowRight: () => (row.kind === 'folder' && !row.open ? toggle(row.path, true) : go(rows[at + 1])),
      ArrowLeft: () =>
        row.kind === 'folder' && row.open
          ? toggle(row.path, false)
          : go(rows.find((r) => r.path === parentOf(row.path))),
      Enter: () => activate(row),
      ' ': () => activate(row),
      F2: () => canEdit && row.kind === 'file' && onRename(row.path),
      Delete: () => canEdit && row.kind === 'file' && onDelete(row.path),
    }[event.key]
    if (!run || event.target !== event.currentTarget) return
    event.preventDefault()
    run()
  }

  return (
    <div ref={list} role="tree" aria-label="Files" className="p-1">
      {rows.map((row, i) => (
        <div
          key={row.path}
          role="treeitem"
          aria-level={row.depth + 1}
          aria-posinset={row.position}
          aria-setsize={row.siblings}
          aria-expanded={row.kind === 'folder' ? row.open : undefined}
          aria-selected={row.path === active}
          aria-label={`${row.name}${dirty.has(row.path) ? ', not saved' : ''}`}
          tabIndex={i === at ? 0 : -1}
          data-path={row.path}
          onFocus={() => setCursor(row.path)}
          onKeyDown={(event) => onKeyDown(event, row)}
          onClick={() => activate(row)}
          style={{ paddingLeft: 6 + row.depth * 14 }}
          className={cx(
            'group flex h-7 cursor-default items-center gap-1.5 rounded-control pr-1 text-sm select-none hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:h-10',
            row.path === active ? 'bg-hover font-medium text-ink' : 'text-ink-muted',
          )}
        >
          {row.kind === 'folder' ? (
            <ChevronRight
              aria-hidden
              className={cx('size-3.5 shrink-0 text-ink-faint transition-transform', row.open && 'rotate-90')}
            />
          ) : (
            <FileGlyph path={row.path} />
          )}
          <span className="min-w-0 flex-1 truncate" title={row.path}>
            {row.name}
          </span>
          {dirty.has(row.path) && <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-accent" />}
          {canEdit && (
            <DropdownMenu
              trigger={
                <IconButton
                  label={`More about ${row.name}`}
                  icon={<Ellipsis />}
                  size="sm"
                  tabIndex={-1}
                  className="hidden! size-6! group-focus-within:inline-flex! group-hover:inline-flex! data-[state=open]:inline-flex! pointer-coarse:inline-flex!"
                  onClick={(event) => event.stopPropagation()}
                />
              }
            >
              <MenuItem
                icon={<FilePlus2 />}
                onSelect={() => onNew(row.kind === 'folder' ? row.path : parentOf(row.path))}
              >
                New file here
              </MenuItem>
              {row.kind === 'file' && (
                <>
                  <MenuItem icon={<Pencil />} shortcut="F2" onSelect={() => onRename(row.path)}>
                    Rename
                  </MenuItem>
                  <MenuItem icon={<Trash2 />} danger onSelect={() => onDelete(row.path)}>
                    Delete
                  </MenuItem>
                </>
              )}
            </DropdownMenu>
          )}
        </div>
      ))}
    </div>
  )
}
