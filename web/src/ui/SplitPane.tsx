import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'

import { cx } from './cx'
import { readStored, writeStored } from './storage'

interface SplitPaneProps {
  /** Names the size in this browser's storage. */
  id: string
  /** What is being resized, read aloud: "Chat width". */
  label: string
  /** The first pane's share at first, 0-1. */
  initial: number
  /** The least and greatest share of the first pane. */
  min?: number
  max?: number
  /** Never narrower than this, in pixels. */
  minPx?: number
  direction?: 'row' | 'column'
  /** A hidden pane stays mounted (a frame in it goes on running) and the other has all the room. */
  hide?: 'first' | 'second'
  first: ReactNode
  second: ReactNode
  className?: string
}

const STEP = 0.02

/** Two panes with a bar between them: drag it, use the arrow keys, or double-click to reset. The size is remembered. */
export function SplitPane({
  id,
  label,
  initial,
  min = 0.15,
  max = 0.85,
  minPx = 0,
  direction = 'row',
  hide,
  first,
  second,
  className,
}: SplitPaneProps) {
  const key = `qv-split-${id}`
  const box = useRef<HTMLDivElement>(null)
  const [share, setShare] = useState(() => {
    const kept = Number(readStored(key))
    return kept >= min && kept <= max ? kept : initial
  })
  const [dragging, setDragging] = useState(false)
  const row = direction === 'row'

  const set = (next: number) => setShare(Math.min(max, Math.max(min, next)))
  const commit = (next: number) => {
    const clamped = Math.min(max, Math.max(min, next))
    setShare(clamped)
    writeStored(key, clamped.toFixed(4))
  }
  const shareAt = (event: PointerEvent) => {
    const rect = box.current?.getBoundingClientRect()
    if (!rect) return share
    return row ? (event.clientX - rect.left) / rect.width : (event.clientY - rect.top) / rect.height
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const less = row ? 'ArrowLeft' : 'ArrowUp'
    const more = row ? 'ArrowRight' : 'ArrowDown'
    const next = { [less]: share - STEP, [more]: share + STEP, Home: min, End: max }[event.key]
    if (next === undefined) return
    event.preventDefault()
    commit(next)
  }

  return (
    <div
      ref={box}
      className={cx(
        'flex min-h-0 min-w-0 flex-1',
        !row && 'flex-col',
        dragging && 'select-none [&_iframe]:pointer-events-none',
        className,
      )}
    >
      <div
        className={cx('flex min-h-0 min-w-0 flex-col overflow-hidden', hide === 'first' && 'hidden')}
        style={
          hide === 'second'
            ? { flex: 1 }
            : { flex: `0 0 ${(share * 100).toFixed(2)}%`, [row ? 'minWidth' : 'minHeight']: minPx }
        }
      >
        {first}
      </div>
      {/* A focusable separator is a widget (WAI-ARIA 1.2), which the rules below do not know. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div
        role="separator"
        aria-label={label}
        aria-orientation={row ? 'vertical' : 'horizontal'}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={Math.round(min * 100)}
        aria-valuemax={Math.round(max * 100)}
        tabIndex={0}
        className={cx(
          'group relative z-10 shrink-0 touch-none bg-line transition-colors hover:bg-line-strong focus-visible:bg-accent focus-visible:outline-none',
          row ? 'w-px cursor-col-resize' : 'h-px cursor-row-resize',
          dragging && 'bg-accent! hover:bg-accent',
          hide !== undefined && 'hidden',
        )}
        onKeyDown={onKeyDown}
        onDoubleClick={() => commit(initial)}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setDragging(true)
        }}
        onPointerMove={(event) => dragging && set(shareAt(event))}
        onPointerUp={(event) => {
          if (!dragging) return
          setDragging(false)
          commit(shareAt(event))
        }}
        onPointerCancel={() => setDragging(false)}
      >
        <span className={cx('absolute', row ? '-inset-x-1.5 inset-y-0' : 'inset-x-0 -inset-y-1.5')} />
      </div>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className={cx('flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden', hide === 'second' && 'hidden')}
      >
        {second}
      </div>
    </div>
  )
}
