import { errorOf } from '@/api/error'

export interface Reading {
  url: string
  fetch: typeof fetch
  /** Ends this connection. */
  current: AbortController
  /** Ends whoever follows, and this connection with them. */
  stop: AbortSignal
  /** Silence for this long means that the connection is lost. */
  idleMs: number
  /** Whether nobody wants any more of it. */
  isOver: () => boolean
  onOpen: (response: Response) => void
  onBytes: (bytes: Uint8Array) => void
}

/**
 * Reads one connection of server-sent events to its end. True when the server ended it in good order, false when nobody
 * wanted any more of it. Throws when it could not be opened, broke, or fell silent.
 */
export async function readConnection(reading: Reading): Promise<boolean> {
  const { url, current, stop, idleMs, isOver, onOpen, onBytes } = reading
  const abort = () => current.abort()
  stop.addEventListener('abort', abort)
  let idle = setTimeout(abort, idleMs)
  try {
    const response = await reading.fetch(url, {
      headers: { accept: 'text/event-stream' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: current.signal,
    })
    if (!response.ok) throw await errorOf(response)
    const kind = response.headers.get('content-type') ?? ''
    if (!response.body || !kind.startsWith('text/event-stream')) throw new Error('This is no stream.')
    onOpen(response)
    const source = response.body.getReader()
    current.signal.addEventListener('abort', () => void source.cancel().catch(() => undefined))
    for (;;) {
      const { done, value } = await source.read()
      if (isOver()) return false
      if (current.signal.aborted) throw new Error('The server fell silent.')
      if (done) return true
      clearTimeout(idle)
      idle = setTimeout(abort, idleMs)
      onBytes(value)
      if (isOver()) return false
    }
  } finally {
    clearTimeout(idle)
    stop.removeEventListener('abort', abort)
    abort()
  }
}

/** Hears when the network has changed, until what is returned is called. */
export function onNetworkChange(changed: () => void): () => void {
  globalThis.addEventListener('online', changed)
  globalThis.addEventListener('offline', changed)
  return () => {
    globalThis.removeEventListener('online', changed)
    globalThis.removeEventListener('offline', changed)
  }
}
