import { ApiError, messageOf } from '@/api/error'
import { type Event } from '@/api/generated/wire'

import { onNetworkChange, readConnection } from './connection'
import { frameBatch } from './frames'
import { EventReader } from './read'
import { initialStatus, type StreamStatus } from './status'
import { isRefusal, Pause, waitFor } from './wait'

export interface StreamOptions {
  url: string
  /** Called at most once a frame, with events in order, each exactly once. */
  onEvents: (events: Event[]) => void
  onStatus: (status: StreamStatus) => void
  fetch?: typeof fetch
  /** 0-1; for the jitter. */
  random?: () => number
  /** The heartbeat comes every 10 s; silence for this long means that the connection is lost. */
  idleMs?: number
}

/** A stream that is followed until its final event. */
export interface Stream {
  stop: () => void
  /** Does not wait for the next try. */
  tryNow: () => void
}

/** How often the same event is asked for again when it cannot be read. */
const MOST_REPEATS = 3
/** A connection that ends sooner, with nothing said, did not work. */
const LIVED_MS = 5_000
/** The newest event when the stream was opened. */
const LAST_SEQ = 'x-last-seq'

const LOST = 'Connection lost.'
const UNREAD = 'A message from the server could not be read.'
const BROKEN =
  'A message of this turn cannot be read. The turn goes on and nothing is lost: reload the page to see it.'

class Unreadable extends Error {}

const isFinal = (event: Event) =>
  event.type === 'done' || event.type === 'failed' || event.type === 'cancelled'

/** Follows one generation's log until its final event: reconnects and resumes by itself. */
export function followGeneration(options: StreamOptions): Stream {
  const { url, onEvents, onStatus, idleMs = 25_000, random = Math.random } = options
  const doFetch = options.fetch ?? fetch.bind(globalThis)
  const stop = new AbortController()
  const pause = new Pause()
  let status = initialStatus
  let last = 0
  /** The newest event when the connection was made. */
  let head = 0
  let ended = false
  let askedMs: number | null = null
  let connection: AbortController | null = null
  /** The connection was ended to make a new one at once, as if nothing had been. */
  let renewed = false
  /** Messages after the last event that could not be read, and connections that ended so in a row. */
  let unread = 0
  let stuck = 0
  const isOver = () => ended || stop.signal.aborted
  const isRenewed = () => renewed

  const tell = (change: Partial<StreamStatus>) => {
    status = { ...status, ...change }
    if (!stop.signal.aborted) onStatus(status)
  }
  const giveUp = (phase: 'refused' | 'broken', problem: string) => {
    ended = true
    connection?.abort()
    tell({ phase, problem, retryAt: null, catchingUp: false })
  }

  const frame = frameBatch<Event>((events) => {
    try {
      onEvents(events)
    } catch {
      // Events that the page cannot take would be missing in all that follows.
      giveUp('broken', BROKEN)
      return
    }
    if (status.catchingUp && last >= head) tell({ catchingUp: false })
  })

  const take = (event: Event | null) => {
    if (!event) {
      unread++
      tell({ parseErrors: status.parseErrors + 1 })
      return
    }
    if (event.seq <= last) return
    // A hole never comes from the log itself: ask again from the last event that is known.
    if (event.seq > last + 1) throw new Unreadable()
    last = event.seq
    unread = stuck = 0
    frame.add(event)
    if (isFinal(event)) ended = true
  }

  /** Reads one connection to its end. Throws when that came too soon. */
  const connect = async () => {
    const current = (connection = new AbortController())
    const [began, before] = [Date.now(), last]
    renewed = false
    unread = 0
    const reader = new EventReader()
    const toItsEnd = await readConnection({
      url: last === 0 ? url : `${url}?after=${last}`,
      fetch: doFetch,
      current,
      stop: stop.signal,
      idleMs,
      isOver: () => isRenewed() || isOver(),
      onOpen: (response) => {
        head = Number(response.headers.get(LAST_SEQ) ?? 0)
        tell({ phase: 'open', problem: null, retryAt: null, catchingUp: status.failures > 0 && head > last })
      },
      onBytes: (bytes) => {
        const events = reader.push(bytes)
        askedMs = reader.retryMs ?? askedMs
        for (const event of events) {
          take(event)
          if (isOver()) return
        }
        const works = last > before || Date.now() - began > LIVED_MS
        if (works && status.failures > 0) tell({ failures: 0 })
      },
    })
    if (!toItsEnd) return
    if (unread > 0) throw new Unreadable()
    // The server ends a connection after five minutes, and when it stops: that is no failure.
    if (last === before && Date.now() - began < LIVED_MS) throw new Error('The server hung up at once.')
  }

  const failed = async (error: unknown) => {
    if (isRefusal(error)) {
      giveUp('refused', messageOf(error))
      return
    }
    if (error instanceof Unreadable && ++stuck > MOST_REPEATS) {
      giveUp('broken', BROKEN)
      return
    }
    const failures = status.failures + 1
    const asked = error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1_000 : askedMs
    const wait = waitFor(failures, asked, random())
    tell({
      phase: 'waiting',
      failures,
      problem: error instanceof Unreadable ? UNREAD : LOST,
      retryAt: Date.now() + wait,
      catchingUp: false,
    })
    await pause.for(wait)
  }

  const run = async () => {
    while (!isOver()) {
      // One connection that follows another in good order is not shown.
      if (status.phase !== 'open') tell({ phase: 'connecting', retryAt: null })
      try {
        await connect()
        if (!isOver() && !isRenewed()) await pause.for(waitFor(1, askedMs, random()))
      } catch (error) {
        // A connection that is renewed ends by an error of its own.
        if (!isOver() && !isRenewed()) await failed(error)
      }
    }
    frame.flush()
    if (status.phase !== 'refused' && status.phase !== 'broken') {
      tell({ phase: 'closed', problem: null, retryAt: null, catchingUp: false })
    }
  }

  const tryNow = () => pause.end()
  /** The network has changed: a connection through the old one may never say so. */
  const changed = () => {
    tryNow()
    if (status.phase !== 'open') return
    renewed = true
    connection?.abort()
  }
  const seen = () => {
    if (document.visibilityState === 'visible') tryNow()
  }
  const unlisten = onNetworkChange(changed)
  document.addEventListener('visibilitychange', seen)

  void run()
  return {
    tryNow,
    stop: () => {
      stop.abort()
      frame.cancel()
      pause.end()
      unlisten()
      document.removeEventListener('visibilitychange', seen)
    },
  }
}
