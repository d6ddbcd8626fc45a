import { useLayoutEffect, useMemo, useRef } from 'react'

import { Spans } from '@/components/log/LogLines'
import { linesOf } from '@/components/log/serverLog'
import { type RunActivity } from '@/stream/state'

/** What a run wrote, in its colours. It follows the end until the person scrolls up. */
export function RunOutput({ run: { command, output, cut, state } }: { run: RunActivity }) {
  const box = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  // A line without its beginning is none; the only one there is stays.
  const lines = useMemo(() => linesOf(cut ? output.slice(output.indexOf('\n') + 1) : output), [cut, output])
  useLayoutEffect(() => {
    if (box.current && stuck.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])

  if (lines.length === 0) {
    return (
      <p className="px-1.5 pb-1.5 pl-7.5 text-xs text-ink-muted">
        {state === 'running' ? 'Nothing written yet.' : 'It wrote nothing.'}
      </p>
    )
  }
  return (
    <div
      ref={box}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      role="region"
      aria-label={`Output of ${command}`}
      onScroll={(event) => {
        const el = event.currentTarget
        stuck.current = el.scrollHeight - el.scrollTop - el.clientHeight < 24
      }}
      className="mx-1.5 mt-1 mb-1.5 max-h-60 overflow-auto rounded-control border bg-sunken px-2.5 py-2 font-mono text-[0.6875rem] leading-4.5"
    >
      {cut && <p className="text-ink-faint">Earlier output is left out.</p>}
      {lines.map((line) => (
        <div key={line.id} className="min-h-4.5 whitespace-pre">
          <Spans spans={line.spans} />
        </div>
      ))}
    </div>
  )
}
