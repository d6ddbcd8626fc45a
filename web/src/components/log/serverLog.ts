import { type OutputSource } from '@/api/generated/wire'
import { type OutputPart } from '@/stream/output'

import { ansiStart, PLAIN, readAnsi, type AnsiState, type Span } from './ansi'

/** One line of the log. */
export interface LogLine {
  id: number
  source: OutputSource
  at: string
  spans: Span[]
}

/** A line that may still grow: what the source wrote after its last line's end. */
interface Open {
  /** The id of its line in the list; `null` before it has any text. */
  line: number | null
  ansi: AnsiState
  /** The next text takes the place of what stands there. */
  overwrite: boolean
}

export interface ServerLog {
  lines: LogLine[]
  nextId: number
  /** Left out because there were too many. */
  dropped: number
  open: Partial<Record<OutputSource, Open>>
}

export const emptyServerLog: ServerLog = { lines: [], nextId: 1, dropped: 0, open: {} }

const MOST_LINES = 2_000
const MOST_CHARS = 4_000

/** The log with what has come. Pure. */
export function addParts(log: ServerLog, parts: readonly OutputPart[]): ServerLog {
  const next = { ...log, lines: [...log.lines], open: { ...log.open } }
  const say = (at: string, text: string) =>
    next.lines.push({ id: next.nextId++, source: 'quickvibe', at, spans: [{ text, look: PLAIN }] })
  let at = log.lines.at(-1)?.at ?? ''
  for (const part of parts) {
    if (part.kind === 'output') {
      at = part.output.at
      addText(next, part.output.source, at, part.output.text)
    } else if (part.kind === 'missing') {
      say(
        at,
        `${part.pieces} earlier ${part.pieces === 1 ? 'piece was' : 'pieces were'} forgotten before it could be shown.`,
      )
    } else {
      next.open = {}
      say(at, 'QuickVibe was started anew. The log goes on.')
    }
  }
  const over = Math.max(0, next.lines.length - MOST_LINES)
  return over === 0 ? next : { ...next, lines: next.lines.slice(over), dropped: next.dropped + over }
}

/** The lines of a text with colours that is there as a whole. */
export const linesOf = (text: string): LogLine[] =>
  addParts(emptyServerLog, [{ kind: 'output', output: { seq: 1, at: '', source: 'agent', text } }]).lines

/** Empties what is shown; what comes goes on. */
export const clearLog = (log: ServerLog): ServerLog => ({
  ...log,
  lines: [],
  dropped: 0,
  open: Object.fromEntries(
    Object.entries(log.open).map(([source, open]) => [source, { ...open, line: null }]),
  ),
})

function addText(log: ServerLog, source: OutputSource, at: string, text: string) {
  const before = log.open[source] ?? { line: null, ansi: ansiStart, overwrite: false }
  const { tokens, state } = readAnsi(before.ansi, text)
  let { line, overwrite } = before
  // The line of this source that grows; others may have written lines after it.
  const place = () => (line === null ? -1 : log.lines.findLastIndex((each) => each.id === line))
  const put = (spans: Span[]) => {
    const index = place()
    const old = log.lines[index]
    if (old) {
      log.lines[index] = { ...old, spans }
      return
    }
    line = log.nextId++
    log.lines.push({ id: line, source, at, spans })
  }
  for (const token of tokens) {
    switch (token.kind) {
      case 'text': {
        const old = overwrite ? [] : (log.lines[place()]?.spans ?? [])
        overwrite = false
        const used = old.reduce((sum, span) => sum + span.text.length, 0)
        const room = MOST_CHARS - used
        if (room > 0) put([...old, { text: token.text.slice(0, room), look: token.look }])
        break
      }
      case 'newline':
        // An empty line is one, too.
        if (line === null) put([])
        line = null
        overwrite = false
        break
      case 'return':
        overwrite = true
        break
      case 'erase':
        if (place() >= 0) put([])
        break
    }
  }
  log.open[source] = { line, ansi: state, overwrite }
}

export const textOf = (line: LogLine): string => line.spans.map((span) => span.text).join('')

const ERROR =
  /\b(?:[A-Z]\w*Error|Error|ERROR|EADDRINUSE|ENOENT|EACCES|Unhandled|Uncaught|FATAL|panic(?:ked)?)\b|\bfailed to\b|\bcannot find\b|\berror\b\s*(?:TS\d+|:|\[)|\bERR!|✗|✘/i
const ZERO = /\b(?:0|no) errors?\b/i
const MOST_ERROR_LINES = 20
const MOST_ERROR_CHARS = 2_500

/** The last error that the app's server, an install or a command wrote, with what was written after it. */
export function lastError(log: ServerLog): string[] {
  const lines = log.lines.filter((line) => line.source !== 'quickvibe').map(textOf)
  const isError = (text: string) => ERROR.test(text) && !ZERO.test(text)
  const last = lines.findLastIndex(isError)
  if (last < 0) return []
  // An error's first line stands over its stack; several in a row belong together.
  let first = last
  while (first > 0 && last - first < MOST_ERROR_LINES / 2 && isError(lines[first - 1] ?? '')) first--
  const found = lines.slice(first, first + MOST_ERROR_LINES).filter((text) => text.trim() !== '')
  const kept: string[] = []
  let chars = 0
  for (const text of found) {
    chars += text.length
    if (chars > MOST_ERROR_CHARS) break
    kept.push(text)
  }
  return kept
}

/** A message to the agent about what went wrong on the server. */
export function fixServerPrompt(lines: readonly string[]): string {
  // A fence longer than any in the text keeps it in one piece.
  const longest = Math.max(2, ...lines.map((line) => /`*/.exec(line.trim())?.[0].length ?? 0))
  const fence = '`'.repeat(longest + 1)
  return `The app's server reports an error. Please fix it:\n\n${fence}\n${lines.join('\n')}\n${fence}`
}
