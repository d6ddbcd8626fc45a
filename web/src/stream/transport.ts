import { ApiError, errorOf, messageOf } from '@/api/error'
import { type Event } from '@/api/generated/wire'

import { SseParser } from './sse'

/** How the connection stands. */
export interface StreamStatus {
  phase: 'connecting' | 'open' | 'waiting' | 'closed' | 'refused'
  /** Connections that failed in a row. */
  failures: number
  /** Messages that could not be read since the stream was opened; a healthy stream has none. */
  parseErrors: number
  /** Why it waits or was refused, in words. */
  problem: string | null
}

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

const FIRST_WAIT_MS = 400
const LONGEST_WAIT_MS = 15_000
const FRAME_AT_LATEST_MS = 120

/** The wait before the next try: doubling, capped, and spread so that clients do not return as one. */
export function backoff(failures: number, random: number): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1))
  return most / 2 + (most / 2) * random
}

const isFinal = (event: Event) =>
  event.type === 'done' || event.type === 'failed' || event.type === 'cancelled'

/** Follows one generation's log until its final event: reconnects and resumes by itself. Returns how to stop. */
export function followGeneration(options: StreamOptions): () => void {
  const { url, onEvents, onStatus, idleMs = 25_000, random = Math.random } = options
  const doFetch = options.fetch ?? fetch.bind(globalThis)
  const stop = new AbortController()
  const frame = frameBatch(onEvents)
  let last = 0
  let ended = false
  const isOver = () => ended
  const isStopped = () => stop.signal.aborted
  let status: StreamStatus = { phase: 'connecting', failures: 0, parseErrors: 0, problem: null }
  let wake: (() => void) | undefined

  const tell = (change: Partial<StreamStatus>) => {
    status = { ...status, ...change }
    if (!stop.signal.aborted) onStatus(status)
  }

  /** Takes one message; `false` when the connection must be made anew. */
  const take = (data: string): boolean => {
    const event = parseEvent(data)
    if (!event) {
      tell({ parseErrors: status.parseErrors + 1 })
      return true
    }
    if (event.seq <= last) return true
    // A hole never comes from the log itself: ask again from the last event that is known.
    if (event.seq > last + 1) return false
    last = event.seq
    frame.add(event)
    if (isFinal(event)) ended = true
    return true
  }

  const connect = async () => {
    const connection = new AbortController()
    const abort = () => connection.abort()
    stop.signal.addEventListener('abort', abort)
    let idle = setTimeout(abort, idleMs)
    try {
      const response = await doFetch(last === 0 ? url : `${url}?after=${last}`, {
        headers: { accept: 'text/event-stream' },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: connection.signal,
      })
      if (!response.ok) throw await errorOf(response)
      if (!response.body) throw new Error('The server sent no stream.')
      tell({ phase: 'open', problem: null })
      const parser = new SseParser()
      const decoder = new TextDecoder()
      const reader = response.body.getReader()
      connection.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined))
      for (;;) {
        const { done, value } = await reader.read()
        if (connection.signal.aborted) throw new Error('The server fell silent.')
        if (done) return
        clearTimeout(idle)
        idle = setTimeout(abort, idleMs)
        tell(status.failures === 0 ? {} : { failures: 0 })
        for (const message of parser.push(decoder.decode(value, { stream: true }))) {
          if (!take(message.data)) throw new Error('An event was missing.')
          if (isOver()) return
        }
      }
    } finally {
      clearTimeout(idle)
      stop.signal.removeEventListener('abort', abort)
      connection.abort()
    }
  }

  const run = async () => {
    while (!isOver() && !isStopped()) {
      try {
        tell({ phase: 'connecting' })
        await connect()
        // The server closes after five minutes; that is no failure, but never spin on one that closes at once.
        if (!isOver()) await sleep(backoff(1, random()))
      } catch (error) {
        if (isStopped()) return
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
          tell({ phase: 'refused', problem: messageOf(error) })
          return
        }
        const failures = status.failures + 1
        tell({ phase: 'waiting', failures, problem: 'The connection was lost. Trying again.' })
        await sleep(backoff(failures, random()))
      }
    }
    frame.flush()
    tell({ phase: 'closed', problem: null })
  }

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const wakeUp = () => wake?.()
  globalThis.addEventListener('online', wakeUp)

  void run()
  return () => {
    stop.abort()
    frame.cancel()
    wakeUp()
    globalThis.removeEventListener('online', wakeUp)
  }
}

/** One event, or `null` when it is not of our shape. */
function parseEvent(data: string): Event | null {
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value !== 'object' || value === null) return null
    const { seq, type, at } = value as Partial<Record<'seq' | 'type' | 'at', unknown>>
    const known = typeof seq === 'number' && Number.isInteger(seq) && seq > 0
    return known && typeof type === 'string' && typeof at === 'string' ? (value as Event) : null
  } catch {
    return null
  }
}

/** Hands events on once a frame, or by a timer where no frames are drawn (a hidden tab). */
function frameBatch(onEvents: (events: Event[]) => void) {
  let waiting: Event[] = []
  let frame: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const clear = () => {
    if (frame !== undefined) cancelAnimationFrame(frame)
    clearTimeout(timer)
    frame = timer = undefined
  }
  const flush = () => {
    clear()
    if (waiting.length === 0) return
    const events = waiting
    waiting = []
    onEvents(events)
  }
  return {
    add: (event: Event) => {
      waiting.push(event)
      if (timer !== undefined) return
      frame = requestAnimationFrame(flush)
      timer = setTimeout(flush, FRAME_AT_LATEST_MS)
    },
    flush,
    cancel: () => {
      clear()
      waiting = []
    },
  }
}
