import { type FrameMessage, type PickedElement, type Spot } from './frameMessage'

/** One line of the console. */
export interface LogEntry {
  id: number
  level: 'log' | 'info' | 'warn' | 'error' | 'debug'
  text: string
  at: Spot | null
  stack: string | null
  /** How often it came in a row. */
  count: number
}

export interface PreviewLog {
  /** Nothing is there yet; the document runs; it has painted. */
  phase: 'loading' | 'booted' | 'painted'
  entries: LogEntry[]
  nextId: number
  /** Left out because there were too many. */
  dropped: number
}

const MOST_ENTRIES = 300

export const emptyLog: PreviewLog = { phase: 'loading', entries: [], nextId: 1, dropped: 0 }

/** What the console shows after one more message. Pure. */
export function addMessage(log: PreviewLog, message: FrameMessage): PreviewLog {
  switch (message.type) {
    case 'boot':
      // A new document: what the old one said is over.
      return { ...emptyLog, nextId: log.nextId, phase: 'booted' }
    case 'painted':
      return { ...log, phase: 'painted' }
    case 'hot-done':
      return log
    case 'console':
      return addEntry(log, { level: message.level, text: message.text, at: null, stack: null })
    case 'error':
    case 'unhandledrejection':
      return addEntry(log, { level: 'error', text: message.text, at: message.at, stack: message.stack })
    case 'resource-error':
      return addEntry(log, { level: 'error', text: message.text, at: null, stack: null })
    case 'network':
      return addEntry(log, { level: 'warn', text: message.text, at: null, stack: null })
    case 'picked':
      return log
  }
}

function addEntry(log: PreviewLog, entry: Omit<LogEntry, 'id' | 'count'>): PreviewLog {
  const last = log.entries.at(-1)
  if (last?.text === entry.text && last.level === entry.level) {
    return { ...log, entries: log.entries.with(-1, { ...last, count: last.count + 1 }) }
  }
  const entries = [...log.entries, { ...entry, id: log.nextId, count: 1 }]
  const over = Math.max(0, entries.length - MOST_ENTRIES)
  return { ...log, nextId: log.nextId + 1, entries: entries.slice(over), dropped: log.dropped + over }
}

export function countsOf(log: PreviewLog): { errors: number; warnings: number } {
  const count = (level: LogEntry['level']) => log.entries.filter((e) => e.level === level).length
  return { errors: count('error'), warnings: count('warn') }
}

/** A message to the agent about what went wrong. */
export function fixPrompt(entries: readonly LogEntry[]): string {
  const lines = entries.slice(-5).map((entry) => {
    const place = entry.at ? ` (${entry.at.file}${entry.at.line === null ? '' : `:${entry.at.line}`})` : ''
    return `- ${entry.text.slice(0, 500)}${place}`
  })
  return `The preview reports ${entries.length === 1 ? 'an error' : 'errors'}. Please fix ${entries.length === 1 ? 'it' : 'them'}:\n\n${lines.join('\n')}`
}

/** The start of a message about an element that a person pointed at. */
export function pickedPrompt({ path, text, components }: PickedElement): string {
  const name = text === '' ? 'the element' : `"${text.slice(0, 60)}"`
  const inside = components.length === 0 ? '' : ` in ${components[0] ?? ''}`
  return `About ${name}${inside} (\`${path}\`): `
}
