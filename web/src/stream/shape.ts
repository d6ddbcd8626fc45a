import { type Event, type EventData, type SandboxOutput, type TerminalEvent } from '@/api/generated/wire'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const whole: Check = (value) => Number.isSafeInteger(value)
const flag: Check = (value) => typeof value === 'boolean'
const any: Check = () => true
const or =
  (other: Check): Check =>
  (value) =>
    value === null || other(value)
const optional =
  (other: Check): Check =>
  (value) =>
    value === undefined || other(value)
const object =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isRecord(value) && has(value, fields)
const list =
  (each: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(each)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const has = (value: Record<string, unknown>, fields: Record<string, Check>): boolean =>
  Object.entries(fields).every(([name, check]) => check(value[name]))

const diagnostic = object({ severity: text, path: or(text), line: count, column: count, message: text })
const tokens = object({ input: count, output: count, cache_read: count, cache_write: count, reported: flag })

const smoke = object({
  path: text,
  name: text,
  ok: flag,
  ok_before: or(flag),
  message: text,
  duration_ms: count,
})
const sent = object({ path: text, tokens: count, reason: text, whole: flag })

type Fields<T> = T extends EventData ? Record<Exclude<keyof T, 'type'>, Check> : never
type Shapes = { [T in EventData['type']]: Fields<Extract<EventData, { type: T }>> }

/** What the reducer and the page rely on, of every type of event. */
const SHAPES: Shapes = {
  generation_started: { generation_id: text, mode: text, model: or(text) },
  queue_position: { position: count },
  starter_chosen: { starter: text, title: text, reason: text },
  role_changed: { role: text, note: text },
  screenshot: { image: text, duration_ms: count },
  smoke_finished: { results: list(smoke) },
  review_finished: { ok: flag, findings: list(object({ path: or(text), message: text })) },
  questions: { items: list(object({ text, choices: list(text) })) },
  rolled_back: { reason: text, paths: list(text) },
  suggested: { path: text, reason: text },
  step_started: {
    step: count,
    kind: text,
    files_sent: count,
    files_total: count,
    input_tokens: count,
    role: optional(text),
    model: optional(text),
    files: optional(list(sent)),
  },
  retrying: { step: count, attempt: count, wait_ms: count, reason: text },
  plan: { items: list(object({ text, done: flag })) },
  thinking_delta: { text },
  text_delta: { text },
  file_opened: { path: text, op: text },
  file_delta: { path: text, text },
  file_closed: { path: text },
  edit_applied: { index: count, path: text, from: optional(text), op: text, added: count, removed: count },
  edit_failed: { path: text, reason: text },
  check_started: { check: text },
  check_finished: { check: text, ok: flag, diagnostics: list(diagnostic) },
  repair_started: { round: count, reason: text },
  tool_started: { id: count, tool: text, command: text },
  tool_output: { id: count, text },
  tool_finished: { id: count, ok: flag, exit: or(whole), end: text, duration_ms: count, output: text },
  permission_asked: { id: count, command: text, why: text },
  permission_answered: { id: count, allowed: flag },
  usage: { step: count, kind: text, usage: tokens, cost_nanousd: or(count) },
  budget_alert: { purse: text, percent: count, spent_nanousd: count, limit_nanousd: count },
  sandbox_decided: { engine: text, reason: text },
  preview_ready: {},
  version_created: { version: count, verified: flag },
  resumed: { attempt: count },
  superseded: { from_seq: count },
  failed: { code: text, message: text, retryable: flag },
  cancelled: {},
  done: { version: or(count), verified: or(flag) },
}

/**
 * One event, or `null` when it is not of our shape. A type that only a newer server knows passes with whatever it
 * carries: the log goes on after it.
 */
export function parseEvent(data: string): Event | null {
  const value = parseJson(data)
  if (!isRecord(value) || !has(value, { seq: count, at: text, type: text }) || value.seq === 0) return null
  const type = value.type as EventData['type']
  const fields: Record<string, Check> = Object.hasOwn(SHAPES, type) ? SHAPES[type] : { type: any }
  return has(value, fields) ? (value as Event) : null
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}

/** One piece of a sandbox's log, or `null` when it is not of our shape. A source that is new is shown as it is. */
export function parseOutput(data: string): SandboxOutput | null {
  const value = parseJson(data)
  const ok = isRecord(value) && has(value, { seq: count, at: text, source: text, text }) && value.seq !== 0
  return ok ? (value as SandboxOutput) : null
}

const TERMINAL: Record<TerminalEvent['type'], Record<string, Check>> = {
  preparing: { step: text },
  attached: { terminal: text, offset: count },
  ended: { reason: text },
  failed: { message: text },
}

/** What the server says about a terminal, or `null` when it is not of our shape. */
export function parseTerminalEvent(data: string): TerminalEvent | null {
  const value = parseJson(data)
  if (!isRecord(value) || !Object.hasOwn(TERMINAL, String(value.type))) return null
  return has(value, TERMINAL[value.type as TerminalEvent['type']]) ? (value as TerminalEvent) : null
}
