import { useSyncExternalStore } from 'react'

/** One timer per pace, shared by everything that shows time. */
function clock(everyMs: number) {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let now = Date.now()
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      now = Date.now()
      timer ??= setInterval(() => {
        now = Date.now()
        for (const each of listeners) each()
      }, everyMs)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) {
          clearInterval(timer)
          timer = undefined
        }
      }
    },
    read: () => now,
  }
}

const slow = clock(20_000)
const fast = clock(250)
const never = () => () => undefined

/** Now, in milliseconds: renewed every 20 s, four times a second when `live`, or never when `off`. */
export function useNow(pace: 'slow' | 'live' | 'off' = 'slow'): number {
  const source = pace === 'live' ? fast : slow
  return useSyncExternalStore(pace === 'off' ? never : source.subscribe, source.read)
}
