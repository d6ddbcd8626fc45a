import { ApiError } from '@/api/error'

const FIRST_WAIT_MS = 400
const LONGEST_WAIT_MS = 15_000
const LONGEST_ASKED_MS = 60_000

/** The wait before the next try: doubling, capped, and spread so that clients do not return as one. */
export function backoff(failures: number, random: number): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1))
  return most / 2 + (most / 2) * random
}

/** The same, but never before the moment that the server named; a little after it, so that not all come at once. */
export function waitFor(failures: number, askedMs: number | null, random: number): number {
  const asked = Math.min(LONGEST_ASKED_MS, askedMs ?? 0)
  return Math.max(backoff(failures, random), asked * (1 + random / 4))
}

/** A wait that can be cut short. */
export class Pause {
  #wake: (() => void) | undefined

  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#wake = end
    })
  }

  end() {
    this.#wake?.()
  }
}

/** What waiting does not mend. */
export const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  error.status >= 400 &&
  error.status < 500 &&
  ![408, 425, 429].includes(error.status)
