import { useLayoutEffect, useRef } from 'react'

import { type FileActivity } from '@/stream/state'

const TAIL_CHARS = 12_000

/** The end of a file as it comes. Its height never changes, so the list above it never jumps. */
export function FileStream({ file }: { file: FileActivity | undefined }) {
  const box = useRef<HTMLPreElement>(null)
  const stuck = useRef(true)
  const text = file?.text.slice(-TAIL_CHARS) ?? ''

  useLayoutEffect(() => {
    if (box.current && stuck.current) box.current.scrollTop = box.current.scrollHeight
  }, [text, file?.path])

  return (
    <pre
      ref={box}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      role="region"
      aria-label={file ? `Content of ${file.path}` : 'Content'}
      onScroll={(event) => {
        const el = event.currentTarget
        stuck.current = el.scrollHeight - el.scrollTop - el.clientHeight < 24
      }}
      className="mt-2 h-36 overflow-auto rounded-control border bg-sunken px-2.5 py-2 font-mono text-[0.6875rem] leading-4.5 text-ink-muted"
    >
      {text}
      {file?.state === 'writing' && (
        <span
          aria-hidden
          className="ml-px inline-block h-3 w-1.5 translate-y-0.5 animate-pulse-dot bg-accent"
        />
      )}
    </pre>
  )
}
