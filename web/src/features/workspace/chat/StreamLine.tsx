import { CircleAlert, RefreshCw, WifiOff } from 'lucide-react'

import { troubleOf, type StreamStatus } from '@/stream/status'
import { tryNow } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { formatWait, plural } from '@/ui/format'
import { useNow } from '@/ui/useNow'

interface StreamLineProps {
  /** The generation that is followed. */
  id: string
  stream: StreamStatus
}

/** One quiet line when the connection itself has trouble, and what can be done; nothing otherwise. */
export function StreamLine({ id, stream }: StreamLineProps) {
  const trouble = troubleOf(stream)
  const unread = stream.parseErrors
  return (
    <div className="contents">
      {/* Read aloud once: the seconds are not. */}
      <p role="status" className="sr-only">
        {trouble?.kind === 'lost' && `${trouble.problem} The agent goes on. This page tries again by itself.`}
        {trouble?.kind === 'catching_up' && 'Connected again. Catching up.'}
      </p>
      {trouble?.kind === 'lost' && (
        <div className="flex min-h-7 flex-wrap items-center gap-x-2 gap-y-1 text-sm text-warn">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          <span aria-hidden className="tnum">
            {trouble.problem} <NextTry at={trouble.retryAt} />
          </span>
          {trouble.retryAt !== null && (
            <Button size="sm" variant="ghost" onClick={() => tryNow(id)}>
              Try now
            </Button>
          )}
        </div>
      )}
      {trouble?.kind === 'catching_up' && (
        // Mostly it takes no time at all: then nothing is shown.
        <p
          aria-hidden
          className="flex min-h-7 animate-appear items-center gap-2 text-sm text-ink-muted [animation-delay:250ms] [animation-fill-mode:both]"
        >
          <RefreshCw className="size-4 shrink-0" />
          Catching up
        </p>
      )}
      {trouble?.kind === 'gone' && (
        <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-danger">
          <p className="flex min-w-0 flex-1 basis-52 gap-2 text-pretty">
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {trouble.problem}
          </p>
          <Button size="sm" icon={<RefreshCw />} onClick={() => window.location.reload()}>
            Reload
          </Button>
        </div>
      )}
      {trouble?.kind !== 'gone' && unread > 0 && (
        <p className="flex items-center gap-2 text-sm text-warn">
          <CircleAlert aria-hidden className="size-4 shrink-0" />
          {plural(unread, 'message')} from the server could not be read. Reload the page if something seems
          missing.
        </p>
      )}
    </div>
  )
}

/** When a lost connection is tried again. */
export function NextTry({ at }: { at: number | null }) {
  const now = useNow(at === null ? 'off' : 'live')
  const left = at === null ? 0 : at - now
  return left > 0 ? `Trying again in ${formatWait(left)}` : 'Trying again'
}
