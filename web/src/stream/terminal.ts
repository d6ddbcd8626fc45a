import { type TerminalRequest } from '@/api/generated/wire'

import { parseTerminalEvent } from './shape'
import { Pause, waitFor } from './wait'

/** How a terminal stands. */
export interface TerminalStatus {
  phase:
    | 'connecting'
    /** The machine is made ready; `words` says what is done. */
    | 'preparing'
    | 'open'
    /** The connection was lost, and is made again at `retryAt`. */
    | 'waiting'
    /** The shell ended; `words` says how. */
    | 'ended'
    /** There is no shell to be had; `words` says why. */
    | 'failed'
  words: string | null
  /** When the next try is made, in milliseconds since 1970. */
  retryAt: number | null
  /** Connections that failed in a row. */
  failures: number
}

export const initialTerminal: TerminalStatus = {
  phase: 'connecting',
  words: null,
  retryAt: null,
  failures: 0,
}

interface Size {
  columns: number
  rows: number
}

export interface TerminalOptions {
  /** The address of the WebSocket, without a query. */
  url: string
  /** The shell to come back to; `null` begins a new one. */
  terminal: string | null
  size: Size
  /** What the shell wrote, in order, each byte exactly once. */
  onBytes: (bytes: Uint8Array) => void
  /** What follows is of another shell, or of the same from its start: what is shown is over. */
  onReset: () => void
  /** The server forgot this many bytes before they could be read. */
  onMissing: (bytes: number) => void
  /** The shell that a later visit can come back to; `null` when there is none any more. */
  onShell: (terminal: string | null) => void
  onStatus: (status: TerminalStatus) => void
  connect?: (url: string) => WebSocket
  /** 0-1; for the jitter. */
  random?: () => number
}

export interface TerminalConnection {
  /** Types into the shell. While it cannot be reached, a little is kept for it. */
  type: (text: string | Uint8Array<ArrayBuffer>) => void
  resize: (size: Size) => void
  /** Reads no more until `resume`: more has come than can be shown. */
  rest: () => void
  resume: () => void
  /** Ends the shell. */
  end: () => void
  tryNow: () => void
  /** Leaves; the shell goes on. */
  close: () => void
}

const SIGNED_OUT = 4401
const NOT_ALLOWED = 4403
const MOST_KEPT = 4_096
const MOST = { columns: 500, rows: 300 }

const clamp = ({ columns, rows }: Size): Size => ({
  columns: Math.min(MOST.columns, Math.max(2, columns)),
  rows: Math.min(MOST.rows, Math.max(1, rows)),
})

/** One terminal over as many WebSockets as it takes. The server counts bytes, so none is lost and none comes twice. */
export function openTerminal(options: TerminalOptions): TerminalConnection {
  const { url, onBytes, onReset, onMissing, onShell, onStatus, random = Math.random } = options
  const make = options.connect ?? ((address: string) => new WebSocket(address))
  const pause = new Pause()
  const encoder = new TextEncoder()
  let status = initialTerminal
  let { terminal } = options
  let size = clamp(options.size)
  /** How many bytes of this shell have come. */
  let received = 0
  /** Bytes that come again and are known. */
  let skip = 0
  let kept: Uint8Array<ArrayBuffer>[] = []
  let socket: WebSocket | null = null
  let attached = false
  let over = false
  let resting = false
  let wake: (() => void) | null = null
  /** Lets go of the connection at once: a network that is gone takes its time to close one. */
  let letGo: (() => void) | null = null
  const isOver = () => over
  const isResting = () => resting

  const tell = (change: Partial<TerminalStatus>) => {
    status = { ...status, ...change }
    if (!over || status.phase === 'ended' || status.phase === 'failed') onStatus(status)
  }
  const finish = (phase: 'ended' | 'failed', words: string) => {
    if (over) return
    over = true
    onShell(null)
    tell({ phase, words, retryAt: null })
    letGo?.()
  }
  const say = (request: TerminalRequest) => {
    if (attached) socket?.send(JSON.stringify(request))
  }

  const attach = (name: string, offset: number) => {
    const same = name === terminal && offset <= received
    if (name === terminal && offset > received) {
      // Of a shell that this page has not shown yet, nothing is missed that was ever here.
      if (received > 0) onMissing(offset - received)
      received = offset
      skip = 0
    } else if (same) {
      skip = received - offset
    } else {
      if (terminal !== null) {
        onReset()
        // What was typed for another shell is not for this one.
        kept = []
      }
      received = offset
      skip = 0
    }
    terminal = name
    attached = true
    onShell(name)
    for (const bytes of kept) socket?.send(bytes)
    kept = []
    say({ type: 'resize', ...size })
    tell({ phase: 'open', words: null, retryAt: null, failures: 0 })
  }

  const onText = (data: string) => {
    const event = parseTerminalEvent(data)
    // Something that only a newer server says.
    if (!event) return
    switch (event.type) {
      case 'preparing':
        tell({ phase: 'preparing', words: event.step, retryAt: null })
        break
      case 'attached':
        attach(event.terminal, event.offset)
        break
      case 'ended':
        finish('ended', event.reason)
        break
      case 'failed':
        finish('failed', event.message)
        break
    }
  }
  const onBinary = (all: Uint8Array) => {
    const known = Math.min(skip, all.length)
    skip -= known
    const bytes = all.subarray(known)
    if (bytes.length === 0) return
    received += bytes.length
    onBytes(bytes)
  }

  /** One connection, to its end. */
  const once = () =>
    new Promise<{ code: number | null; lived: boolean }>((resolve) => {
      const address = new URL(url)
      if (terminal !== null) {
        address.searchParams.set('terminal', terminal)
        address.searchParams.set('after', String(received))
      }
      address.searchParams.set('columns', String(size.columns))
      address.searchParams.set('rows', String(size.rows))
      const current = (socket = make(address.href))
      current.binaryType = 'arraybuffer'
      current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
        if (current !== socket || isOver() || isResting()) return
        if (typeof data === 'string') onText(data)
        else onBinary(new Uint8Array(data))
      }
      const ended = (code: number | null) => {
        const lived = attached
        if (current === socket) {
          socket = null
          attached = false
        }
        resolve({ code, lived })
      }
      current.onclose = ({ code }) => ended(code)
      letGo = () => {
        ended(null)
        current.close()
      }
    })

  const run = async () => {
    while (!isOver()) {
      if (isResting()) await new Promise<void>((resolve) => (wake = resolve))
      if (isOver()) return
      const { code, lived } = await once()
      if (isOver()) return
      if (isResting() || code === null) continue
      if (code === SIGNED_OUT) {
        finish('failed', 'You are signed out. Sign in again to use the terminal.')
        return
      }
      if (code === NOT_ALLOWED) {
        finish('failed', 'You may no longer use the terminal of this project.')
        return
      }
      const failures = lived ? 1 : status.failures + 1
      const wait = waitFor(failures, null, random())
      tell({ phase: 'waiting', words: 'Connection lost.', retryAt: Date.now() + wait, failures })
      await pause.for(wait)
      if (!isOver()) tell({ phase: 'connecting', retryAt: null })
    }
  }

  const tryNow = () => pause.end()
  /** The network has changed: a connection through the old one may never say so. */
  const changed = () => {
    tryNow()
    letGo?.()
  }
  globalThis.addEventListener('online', changed)

  void run()
  return {
    tryNow,
    type: (text) => {
      if (over) return
      const bytes = typeof text === 'string' ? encoder.encode(text) : text
      if (attached) socket?.send(bytes)
      else if (kept.reduce((sum, each) => sum + each.length, bytes.length) <= MOST_KEPT) kept.push(bytes)
    },
    resize: (next) => {
      const clamped = clamp(next)
      if (clamped.columns === size.columns && clamped.rows === size.rows) return
      size = clamped
      say({ type: 'resize', ...size })
    },
    rest: () => {
      resting = true
      letGo?.()
    },
    resume: () => {
      if (!resting) return
      resting = false
      wake?.()
      wake = null
    },
    end: () => say({ type: 'end' }),
    close: () => {
      over = true
      globalThis.removeEventListener('online', changed)
      pause.end()
      wake?.()
      letGo?.()
    },
  }
}
