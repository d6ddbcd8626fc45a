import { Ellipsis, GitCompareArrows, Pencil, RotateCcw } from 'lucide-react'
import { useState } from 'react'

import { type Version } from '@/api/generated/wire'
import { useRenameVersion } from '@/api/versions'
import { VerifiedBadge } from '@/components/VerifiedBadge'
import { Badge } from '@/ui/Badge'
import { cx } from '@/ui/cx'
import { DropdownMenu, MenuItem } from '@/ui/DropdownMenu'
import { IconButton } from '@/ui/IconButton'
import { InlineEdit } from '@/ui/InlineEdit'
import { RelativeTime } from '@/ui/RelativeTime'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

const ORIGINS: Record<Version['origin'], string> = {
  starter: 'Starter',
  turn: 'Agent',
  edit: 'By hand',
  restore: 'Restored',
  import: 'Imported',
}

interface VersionRowProps {
  version: Version
  isHead: boolean
  selected: boolean
  restoring: boolean
  onSelect: () => void
  onRestore: () => void
  /** Shows what has changed since. */
  onCompare: () => void
}

export function VersionRow({
  version,
  isHead,
  selected,
  restoring,
  onSelect,
  onRestore,
  onCompare,
}: VersionRowProps) {
  const { project, canEdit } = useWorkspace()
  const [editing, setEditing] = useState(false)
  const rename = useRenameVersion(project.id)

  return (
    <li className={cx('group relative transition-colors hover:bg-hover', selected && 'bg-hover')}>
      {selected && <span aria-hidden className="absolute inset-y-0 left-0 w-0.5 bg-accent" />}
      <div className="flex items-start gap-2 py-2.5 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          {editing ? (
            <InlineEdit
              label="Name of the version"
              value={version.title}
              maxLength={120}
              onCancel={() => setEditing(false)}
              onSave={(title) => {
                setEditing(false)
                rename.mutate(
                  { number: version.number, title },
                  { onError: (error) => notifyError('The version was not renamed', error) },
                )
              }}
            />
          ) : (
            <button
              type="button"
              aria-current={selected || undefined}
              onClick={onSelect}
              className="line-clamp-2 w-full text-left font-medium break-words after:absolute after:inset-0"
            >
              {version.title}
            </button>
          )}
          {version.summary !== null && version.summary !== version.title && (
            <p className="mt-0.5 line-clamp-2 text-sm wrap-anywhere text-ink-muted">{version.summary}</p>
          )}
          <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-muted tnum">
            <span>v{version.number}</span>
            {isHead && <Badge tone="accent">Current</Badge>}
            <VerifiedBadge verified={version.verified} />
            <span>{ORIGINS[version.origin]}</span>
            <Changes version={version} />
            <RelativeTime at={version.created_at} className="text-ink-faint" />
          </div>
        </div>
        {canEdit && (
          <div className="relative z-10 flex">
            {!isHead && (
              <IconButton
                label={`Restore version ${version.number} as a new version`}
                icon={<RotateCcw />}
                size="sm"
                busy={restoring}
                onClick={onRestore}
              />
            )}
            <DropdownMenu
              trigger={
                <IconButton label={`More about version ${version.number}`} icon={<Ellipsis />} size="sm" />
              }
            >
              <MenuItem icon={<Pencil />} onSelect={() => setEditing(true)}>
                Rename
              </MenuItem>
              <MenuItem icon={<GitCompareArrows />} disabled={isHead} onSelect={onCompare}>
                Compare with the current version
              </MenuItem>
              <MenuItem icon={<RotateCcw />} disabled={isHead} onSelect={onRestore}>
                Restore as a new version
              </MenuItem>
            </DropdownMenu>
          </div>
        )}
      </div>
    </li>
  )
}

function Changes({ version }: { version: Version }) {
  const parts = [
    [version.files_added, 'added'],
    [version.files_changed, 'changed'],
    [version.files_removed, 'removed'],
  ] as const
  const text = parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
  return text === '' ? null : <span>{text}</span>
}
