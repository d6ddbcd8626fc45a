import {
  ChevronRight,
  CircleCheck,
  CircleDashed,
  CircleX,
  Ellipsis,
  FileWarning,
  Pencil,
  ThumbsUp,
  Trash2,
  type LucideIcon,
} from 'lucide-react'
import { useId, useState } from 'react'

import { type SmokeCheckState } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { DropdownMenu, MenuItem, MenuSeparator } from '@/ui/DropdownMenu'
import { formatDuration } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { RelativeTime } from '@/ui/RelativeTime'

import { useWorkspace } from '../context'
import { standingOf, type CheckStanding } from './words'

const STANDINGS: Record<CheckStanding, { icon: LucideIcon; word: string; tone: string }> = {
  fault: { icon: FileWarning, word: 'Cannot be read', tone: 'text-warn' },
  new: { icon: CircleDashed, word: 'Not carried out yet', tone: 'text-ink-faint' },
  ok: { icon: CircleCheck, word: 'Holds', tone: 'text-ok' },
  failed: { icon: CircleX, word: 'Does not hold', tone: 'text-danger' },
}

interface CheckRowProps {
  check: SmokeCheckState
  onRemove: () => void
  onMeant: () => void
}

/** One check: what it shows to work, how it went, and its steps. */
export function CheckRow({ check, onRemove, onMeant }: CheckRowProps) {
  const { openFile, canEdit } = useWorkspace()
  const { path, name, steps, fault, last, last_at } = check
  const standing = standingOf(check)
  const [open, setOpen] = useState(false)
  const bodyId = useId()
  const { icon: Icon, word, tone } = STANDINGS[standing]
  const shown = open || standing === 'fault' || standing === 'failed'

  return (
    <li>
      <div className="flex items-center gap-1 pr-1">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={bodyId}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-2 py-2 pl-3 text-left text-sm focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
        >
          <Icon aria-hidden className={cx('size-4 shrink-0', tone)} />
          <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
            <span className="min-w-0 font-medium wrap-anywhere">{name}</span>
            <span className="text-xs text-ink-muted tnum">
              {word}
              {last !== null && `, ${formatDuration(last.duration_ms)}`}
              {last_at !== null && (
                <>
                  {', '}
                  <RelativeTime at={last_at} />
                </>
              )}
            </span>
          </span>
          <ChevronRight
            aria-hidden
            className={cx('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')}
          />
        </button>
        {canEdit && (
          <DropdownMenu
            trigger={<IconButton label={`More about ${name}`} icon={<Ellipsis />} size="sm" side="top" />}
          >
            <MenuItem icon={<Pencil />} onSelect={() => openFile(path)}>
              Edit
            </MenuItem>
            {standing === 'failed' && (
              <MenuItem icon={<ThumbsUp />} onSelect={onMeant}>
                This was meant
              </MenuItem>
            )}
            <MenuSeparator />
            <MenuItem icon={<Trash2 />} danger onSelect={onRemove}>
              Remove
            </MenuItem>
          </DropdownMenu>
        )}
      </div>
      <div id={bodyId} hidden={!shown} className="flex flex-col gap-1.5 pr-3 pb-2.5 pl-9 text-sm">
        {fault !== null && <p className="wrap-anywhere text-warn">{fault}</p>}
        {standing === 'failed' && last !== null && (
          <p className="wrap-anywhere text-danger">{last.message}</p>
        )}
        {open && steps.length > 0 && (
          <ol className="list-inside list-decimal font-mono text-xs text-ink-muted">
            {steps.map((step, i) => (
              <li key={i} className="wrap-anywhere">
                {step}
              </li>
            ))}
          </ol>
        )}
      </div>
    </li>
  )
}
