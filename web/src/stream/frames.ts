const FRAME_AT_LATEST_MS = 120

/** Hands things on once a frame, or by a timer where no frames are drawn (a hidden tab). */
export function frameBatch<T>(onBatch: (batch: T[]) => void) {
  let waiting: T[] = []
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
    const batch = waiting
    waiting = []
    onBatch(batch)
  }
  return {
    add: (thing: T) => {
      waiting.push(thing)
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
