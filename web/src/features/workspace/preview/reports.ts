import { type PreviewReport } from '@/api/generated/wire'

import { type FrameMessage } from './frameMessage'

const MOST_ITEMS = 50
const WAIT_MS = 500

/** What the server should know of a message; `null` when nothing. */
export function reportOf(message: FrameMessage): PreviewReport | null {
  switch (message.type) {
    case 'painted':
    case 'hot-done':
      return { issue: 'painted', message: '' }
    case 'error':
    case 'unhandledrejection':
      return {
        issue: message.type === 'error' ? 'error' : 'unhandled_rejection',
        message: message.text,
        url: message.at?.file,
        line: message.at?.line ?? undefined,
        column: message.at?.column ?? undefined,
      }
    case 'console':
      return message.level === 'error' ? { issue: 'console_error', message: message.text } : null
    case 'resource-error':
      return { issue: 'resource_error', message: message.text, url: message.url }
    default:
      return null
  }
}

/** What fails so soon after the network came back was asked for before. */
const SETTLES_MS = 3_000

/** Tells what an app says from what the network makes it say: nobody mends an app for want of a network. */
export function networkWatch(now: () => number = Date.now) {
  let back = -SETTLES_MS
  const onLine = () => void (back = now())
  window.addEventListener('online', onLine)
  return {
    /** Whether the network is away, or was a moment ago. */
    isAway: () => !navigator.onLine || now() - back < SETTLES_MS,
    stop: () => window.removeEventListener('online', onLine),
  }
}

/** Gathers reports for half a second and sends each once. */
export function reportQueue(send: (items: PreviewReport[]) => Promise<unknown>) {
  let waiting: PreviewReport[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    const items = waiting
    waiting = []
    // The server learns of it from its own checks too: a report that is lost does no harm.
    void send(items).catch(() => undefined)
  }
  return {
    add(report: PreviewReport) {
      const known = waiting.some(
        (w) => w.issue === report.issue && w.message === report.message && w.line === report.line,
      )
      if (known || waiting.length >= MOST_ITEMS) return
      waiting.push(report)
      timer ??= setTimeout(flush, WAIT_MS)
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      waiting = []
    },
  }
}
