import { onlineManager } from '@tanstack/react-query'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 8_000

let onLost: (() => void) | null = null

/** A call got no answer. */
export function lostContact() {
  onLost?.()
}

/**
 * Whether the server answers, rather than whether the machine has a network: a laptop without one still reaches
 * a server of its own, and a server that is down is as far away as one behind a dead link. While it does not
 * answer, calls wait; when it does, they go on and what is shown is fetched anew.
 */
export function watchReachability(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT_MS
  let stopped = false

  const probe = async () => {
    clearTimeout(timer)
    const reached = await answers()
    if (stopped) return
    onlineManager.setOnline(reached)
    wait = reached ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS)
    if (!reached) timer = setTimeout(() => void probe(), wait)
  }
  const ask = () => {
    wait = FIRST_WAIT_MS
    void probe()
  }

  onLost = () => {
    if (onlineManager.isOnline()) ask()
  }
  // The browser's own word is a hint to look, not the truth.
  onlineManager.setEventListener(() => undefined)
  window.addEventListener('online', ask)
  window.addEventListener('offline', ask)
  return () => {
    stopped = true
    clearTimeout(timer)
    onLost = null
    window.removeEventListener('online', ask)
    window.removeEventListener('offline', ask)
  }
}

async function answers(): Promise<boolean> {
  try {
    await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(4_000) })
    return true
  } catch {
    return false
  }
}
