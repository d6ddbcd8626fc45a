import { type Event } from '@/api/generated/wire'

const FRAME_AT_LATEST_MS = 120

/** Hands events on once a frame, or by a timer where no frames are drawn (a hidden tab). */
export function frameBatch(onEvents: (events: Event[]) => void) {
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
