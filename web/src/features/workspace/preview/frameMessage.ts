/** What the frame may tell us. It runs generated code, so every field is checked and cut to size. */
export type FrameMessage =
  | { type: 'boot' | 'painted' | 'hot-done' }
  | { type: 'console'; level: ConsoleLevel; text: string }
  | { type: 'error' | 'unhandledrejection'; text: string; at: Spot | null; stack: string | null }
  | { type: 'resource-error'; text: string; url: string }
  | { type: 'network'; text: string; url: string }
  | { type: 'picked'; element: PickedElement | null }

export type ConsoleLevel = 'log' | 'info' | 'warn' | 'error' | 'debug'

/** What a person pointed at. */
export interface PickedElement {
  /** A CSS selector. */
  path: string
  text: string
  html: string
  /** React components around it, the nearest first. */
  components: string[]
  /** Where in the app's code it is drawn, where the preview knows. */
  source: { file: string; line: number | null; component: string } | null
}

/** Where in the app's code. */
export interface Spot {
  file: string
  line: number | null
  column: number | null
}

const MOST_CHARS = 4_000
const MOST_ARGS = 20
const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const

/** Reads one `postMessage`; `null` when it is not of our protocol. */
export function parseFrameMessage(data: unknown): FrameMessage | null {
  if (!isRecord(data) || data.qv !== 1) return null
  switch (data.type) {
    case 'boot':
    case 'painted':
    case 'hot-done':
      return { type: data.type }
    case 'console': {
      const level = LEVELS.find((l) => l === data.level)
      if (!level || !Array.isArray(data.args)) return null
      const text = data.args
        .slice(0, MOST_ARGS)
        .map((arg) => cut(arg))
        .join(' ')
      return { type: 'console', level, text: text.slice(0, MOST_CHARS) }
    }
    case 'error':
    case 'unhandledrejection':
      return {
        type: data.type,
        text: cut(data.message) || 'An error without a message',
        at: spot(data),
        stack: typeof data.stack === 'string' ? cut(data.stack) : null,
      }
    case 'resource-error': {
      const url = cut(data.url, 500)
      return {
        type: 'resource-error',
        url,
        text: `${cut(data.tag, 20).toLowerCase() || 'resource'} did not load: ${url}`,
      }
    }
    case 'network': {
      const url = cut(data.url, 500)
      const why =
        typeof data.status === 'number' ? `answered ${data.status}` : cut(data.error, 300) || 'failed'
      return { type: 'network', url, text: `${url} ${why}` }
    }
    case 'picked':
      return { type: 'picked', element: data.cancelled === true ? null : picked(data) }
    default:
      return null
  }
}

function picked(data: Record<string, unknown>): PickedElement {
  return {
    path: cut(data.path, 300),
    text: cut(data.text, 120),
    html: cut(data.html, 400),
    components: Array.isArray(data.components) ? data.components.slice(0, 3).map((c) => cut(c, 80)) : [],
    source:
      isRecord(data.source) && typeof data.source.file === 'string' && data.source.file !== ''
        ? {
            file: projectPath(data.source.file.slice(0, 500)),
            line: positive(data.source.line),
            component: cut(data.source.component, 80),
          }
        : null,
  }
}

function spot(data: Record<string, unknown>): Spot | null {
  const file = [data.file, data.url].find((f) => typeof f === 'string' && f !== '')
  if (typeof file !== 'string') return null
  return {
    file: projectPath(file.slice(0, 500)),
    line: positive(data.line),
    column: positive(data.col ?? data.column),
  }
}

/** The path in the project, of an address like `http://id.preview.localhost:4173/src/App.tsx?t=3`. */
function projectPath(address: string): string {
  const path = address.replace(/^[a-z]+:\/\/[^/]*\//i, '').replace(/[?#].*$/, '')
  return path.replace(/^\/+/, '')
}

const positive = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 10_000_000 ? value : null

const cut = (value: unknown, most = MOST_CHARS): string =>
  (typeof value === 'string' ? value : value === undefined || value === null ? '' : safeString(value)).slice(
    0,
    most,
  )

function safeString(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '[unreadable]'
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
