/** How the connection stands. */
export interface StreamStatus {
  phase:
    | 'connecting'
    | 'open'
    /** It was lost, and is made again at `retryAt`. */
    | 'waiting'
    /** The last event is in. */
    | 'closed'
    /** The server does not give it out. */
    | 'refused'
    /** What comes cannot be read, however often it is asked for. */
    | 'broken'
  /** Connections that failed in a row. */
  failures: number
  /** Messages that could not be read since the stream was opened; a healthy stream has none. */
  parseErrors: number
  /** What is wrong, in words. */
  problem: string | null
  /** When the next try is made, in milliseconds since 1970. */
  retryAt: number | null
  /** Connected again; what was missed is on its way. */
  catchingUp: boolean
}

export const initialStatus: StreamStatus = {
  phase: 'connecting',
  failures: 0,
  parseErrors: 0,
  problem: null,
  retryAt: null,
  catchingUp: false,
}

/** What a person has to know of the connection; `null` while all is well. */
export type Trouble =
  | { kind: 'lost'; problem: string; retryAt: number | null }
  | { kind: 'catching_up' }
  /** It is over with following: only a reload of the page can help. */
  | { kind: 'gone'; problem: string }

export function troubleOf(status: StreamStatus): Trouble | null {
  const problem = status.problem ?? 'Connection lost.'
  switch (status.phase) {
    case 'refused':
    case 'broken':
      return { kind: 'gone', problem }
    case 'waiting':
      return { kind: 'lost', problem, retryAt: status.retryAt }
    case 'connecting':
      return status.failures > 0 ? { kind: 'lost', problem, retryAt: null } : null
    case 'open':
      return status.catchingUp ? { kind: 'catching_up' } : null
    case 'closed':
      return null
  }
}
