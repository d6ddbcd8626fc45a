import { ApiError, messageOf } from '@/api/error'
import { type SandboxOutput } from '@/api/generated/wire'

import { onNetworkChange, readConnection } from './connection'
import { frameBatch } from './frames'
import { parseOutput } from './shape'
import { SseParser } from './sse'
import { initialStatus, type StreamStatus } from './status'
import { type Stream } from './transport'
import { isRefusal, Pause, waitFor } from './wait'

/** What of a log has come: pieces in order, and where some are missing. */
export type OutputPart =
  | { kind: 'output'; output: SandboxOutput }
  /** The server forgot these before they could be read. */
  | { kind: 'missing'; pieces: number }
  /** The server counts from the start again: it was started anew. */
  | { kind: 'again' }

export interface OutputOptions {
  url: string
  /** Called at most once a frame, with parts in order, each piece exactly once. */
  onParts: (parts: OutputPart[]) => void
  onStatus: (status: StreamStatus) => void
  fetch?: typeof fetch
  /** 0-1; for the jitter. */
  random?: () => number
  /** The heartbeat comes every 10 s; silence for this long means that the connection is lost. */
  idleMs?: number
}

/** A connection that ends sooner, with nothing said, did not work. */
const LIVED_MS = 5_000
const LOST = 'Connection lost.'

/**
 * Follows what a sandbox writes for as long as somebody looks: reconnects and resumes by itself. Unlike a generation's
 * log this one has no end, old pieces are forgotten, and it begins anew when the server does.
 */
export function followOutput(options: OutputOptions): Stream {
  const { url, onParts, onStatus, idleMs = 25_000, random = Math.random } = options
  const doFetch = options.fetch ?? fetch.bind(globalThis)
  const stop = new AbortController()
  const pause = new Pause()
  const frame = frameBatch<OutputPart>(onParts)
  let status = initialStatus
  let last = 0
  let askedMs: number | null = null
  let connection: AbortController | null = null
  let renewed = false
  const isRenewed = () => renewed
  const isStopped = () => stop.signal.aborted

  const tell = (change: Partial<StreamStatus>) => {
    status = { ...status, ...change }
    if (!stop.signal.aborted) onStatus(status)
  }

  const take = (output: SandboxOutput, first: boolean) => {
    if (output.seq <= last) {
      // Within a connection that is a repetition; at its start the server has another log.
      if (!first) return
      frame.add({ kind: 'again' })
    } else if (last > 0 && output.seq > last + 1) {
      frame.add({ kind: 'missing', pieces: output.seq - last - 1 })
    }
    last = output.seq
    frame.add({ kind: 'output', output })
  }

  const connect = async () => {
    const current = (connection = new AbortController())
    const began = Date.now()
    renewed = false
    let heard = false
    const hasHeard = () => heard
    const parser = new SseParser()
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    const toItsEnd = await readConnection({
      url: last === 0 ? url : `${url}?after=${last}`,
      fetch: doFetch,
      current,
      stop: stop.signal,
      idleMs,
      isOver: () => isRenewed() || isStopped(),
      onOpen: () => tell({ phase: 'open', problem: null, retryAt: null }),
      onBytes: (bytes) => {
        for (const message of parser.push(decoder.decode(bytes, { stream: true }))) {
          const output = message.event === 'output' ? parseOutput(message.data) : null
          if (!output) {
            if (message.event === 'output') tell({ parseErrors: status.parseErrors + 1 })
            continue
          }
          take(output, !heard)
          heard = true
        }
        askedMs = parser.retryMs ?? askedMs
        if (status.failures > 0 && (heard || Date.now() - began > LIVED_MS)) tell({ failures: 0 })
      },
    })
    // The server ends a connection after five minutes, and when it stops: that is no failure.
    if (toItsEnd && !hasHeard() && Date.now() - began < LIVED_MS)
      throw new Error('The server hung up at once.')
  }

  const run = async () => {
    while (!stop.signal.aborted) {
      if (status.phase !== 'open') tell({ phase: 'connecting', retryAt: null })
      try {
        await connect()
        if (!isRenewed()) await pause.for(waitFor(1, askedMs, random()))
      } catch (error) {
        if (isStopped() || isRenewed()) continue
        if (isRefusal(error)) {
          tell({ phase: 'refused', problem: messageOf(error), retryAt: null })
          return
        }
        const failures = status.failures + 1
        const asked =
          error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1_000 : askedMs
        const wait = waitFor(failures, asked, random())
        tell({ phase: 'waiting', failures, problem: LOST, retryAt: Date.now() + wait })
        await pause.for(wait)
      }
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
  const unlisten = onNetworkChange(changed)

  void run()
  return {
    tryNow,
    stop: () => {
      stop.abort()
      frame.cancel()
      pause.end()
      unlisten()
    },
  }
}
