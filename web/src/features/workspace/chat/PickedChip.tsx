import { MousePointerClick, X } from 'lucide-react'

import { type PickedElement } from '@/api/generated/wire'
import { IconButton } from '@/ui/IconButton'

import { useWorkspace } from '../context'

/** What was pointed at in the preview: it goes with the message until it is taken off. */
export function PickedChip({ picked, onRemove }: { picked: PickedElement; onRemove: () => void }) {
  const { openFile } = useWorkspace()
  const { path, line, component, text } = picked
  const name = component ?? path.split('/').at(-1) ?? path
  const place = line === undefined ? path : `${path}:${line}`
  return (
    <div className="flex px-3 pt-2.5">
      <div
        role="group"
        aria-label={`About ${name}`}
        className="flex max-w-full min-w-0 items-center gap-1.5 rounded-control border bg-accent-soft py-0.5 pr-0.5 pl-2 text-sm"
      >
        <MousePointerClick aria-hidden className="size-4 shrink-0 text-accent-text" />
        <button
          type="button"
          title={`Open ${place}`}
          onClick={() => openFile(path, line)}
          className="flex min-w-0 items-baseline gap-1.5 rounded-sm text-left hover:underline"
        >
          <span className="shrink-0 font-medium">{name}</span>
          <span className="min-w-0 truncate font-mono text-xs text-ink-muted">{place}</span>
          {text !== undefined && (
            <span className="max-w-40 min-w-0 truncate text-ink-muted max-sm:hidden">“{text}”</span>
          )}
        </button>
        <IconButton
          label={`Take ${name} off the message`}
          icon={<X />}
          size="sm"
          side="top"
          className="size-6! pointer-coarse:size-10!"
          onClick={onRemove}
        />
      </div>
    </div>
  )
}
