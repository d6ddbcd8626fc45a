import fc from 'fast-check'

import { type AgentRole, type Event, type EventData, type StepKind } from '@/api/generated/wire'

const PATHS = ['src/App.tsx', 'src/größe.ts', 'index.html']
/** As long as it may be: left to itself, fast-check makes lists of ten. */
const LONG = { maxLength: 60, size: 'max' } as const
const path = fc.constantFrom(...PATHS)
/** Text as models write it: words, line endings of all kinds, and what takes several bytes. */
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'Zwölf',
      ' ',
      '\n',
      '\r\n',
      '\r',
      '番茄',
      '😀',
      '\u2028',
      '\uFEFF',
      '"',
      '\\',
      'data: x\n\n',
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))
const KINDS: StepKind[] = ['draft', 'review', 'repair', 'test']
const kindOf = (step: number): StepKind => KINDS[step] ?? 'draft'
const small = fc.nat(3)

/** Anything that a turn tells on its way; what ends it or makes something void is put in by `log`. */
const data: fc.Arbitrary<EventData> = fc.oneof(
  { weight: 6, arbitrary: text.map((t): EventData => ({ type: 'text_delta', text: t })) },
  { weight: 2, arbitrary: text.map((t): EventData => ({ type: 'thinking_delta', text: t })) },
  { weight: 2, arbitrary: path.map((p): EventData => ({ type: 'file_opened', path: p, op: 'write' })) },
  { weight: 1, arbitrary: path.map((p): EventData => ({ type: 'file_opened', path: p, op: 'replace' })) },
  {
    weight: 4,
    arbitrary: fc.tuple(path, text).map(([p, t]): EventData => ({ type: 'file_delta', path: p, text: t })),
  },
  { weight: 2, arbitrary: path.map((p): EventData => ({ type: 'file_closed', path: p })) },
  {
    weight: 2,
    arbitrary: fc.tuple(path, small).map(([p, n]): EventData => ({
      type: 'edit_applied',
      index: n,
      path: p,
      op: 'write',
      added: n,
      removed: 1,
    })),
  },
  {
    weight: 1,
    arbitrary: path.map((p): EventData => ({ type: 'edit_failed', path: p, reason: 'No such line' })),
  },
  {
    weight: 2,
    arbitrary: small.map((n): EventData => ({
      type: 'step_started',
      step: n + 1,
      kind: kindOf(n),
      files_sent: n,
      files_total: 9,
      input_tokens: 100 * n,
      ...(n > 2 ? { role: 'tester', model: 'cheap' } : {}),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<AgentRole>('planner', 'builder', 'reviewer', 'tester')
      .map((role): EventData => ({ type: 'role_changed', role, note: 'At work' })),
  },
  {
    weight: 1,
    arbitrary: small.map((n): EventData => ({ type: 'screenshot', image: `/shot/${n}`, duration_ms: n })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(path, fc.boolean()).map(([p, ok]): EventData => ({
      type: 'smoke_finished',
      results: [{ path: p, name: 'It loads', ok, ok_before: !ok || null, message: '', duration_ms: 1 }],
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(path, fc.boolean()).map(([p, ok]): EventData => ({
      type: 'review_finished',
      ok,
      findings: ok ? [] : [{ path: p, message: 'It is missing.' }],
    })),
  },
  {
    weight: 1,
    arbitrary: text.map((t): EventData => ({ type: 'questions', items: [{ text: t, choices: [t] }] })),
  },
  {
    weight: 1,
    arbitrary: path.map((p): EventData => ({ type: 'rolled_back', reason: 'It broke.', paths: [p] })),
  },
  {
    weight: 1,
    arbitrary: path.map((p): EventData => ({ type: 'suggested', path: p, reason: 'Changed by hand.' })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(small, fc.option(fc.nat(1_000_000))).map(([n, cost]): EventData => ({
      type: 'usage',
      step: n + 1,
      kind: kindOf(n),
      usage: { input: 10 * n, output: n, cache_read: 1, cache_write: 0, reported: n > 0 },
      cost_nanousd: cost,
    })),
  },
  {
    weight: 1,
    arbitrary: small.map((n): EventData => ({ type: 'plan', items: [{ text: `Item ${n}`, done: n > 1 }] })),
  },
  { weight: 1, arbitrary: fc.constant<EventData>({ type: 'check_started', check: 'compile' }) },
  {
    weight: 1,
    arbitrary: fc
      .boolean()
      .map((ok): EventData => ({ type: 'check_finished', check: 'compile', ok, diagnostics: [] })),
  },
  {
    weight: 1,
    arbitrary: small.map((n): EventData => ({ type: 'repair_started', round: n, reason: 'It broke' })),
  },
  { weight: 1, arbitrary: small.map((n): EventData => ({ type: 'queue_position', position: n })) },
  {
    weight: 1,
    arbitrary: small.map((n): EventData => ({
      type: 'retrying',
      step: 1,
      attempt: n,
      wait_ms: 900,
      reason: 'It is busy.',
    })),
  },
  { weight: 1, arbitrary: fc.constant<EventData>({ type: 'preview_ready' }) },
  {
    weight: 2,
    arbitrary: small.map((id): EventData => ({
      type: 'tool_started',
      id,
      tool: 'test',
      command: `run ${id}`,
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(small, text).map(([id, t]): EventData => ({ type: 'tool_output', id, text: t })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(small, fc.option(fc.integer({ min: -9, max: 9 })), text)
      .map(([id, exit, output]): EventData => ({
        type: 'tool_finished',
        id,
        ok: exit === 0,
        exit,
        end: exit === null ? 'killed' : 'exited',
        duration_ms: 10,
        output,
      })),
  },
  {
    weight: 1,
    arbitrary: small.map((id): EventData => ({
      type: 'permission_asked',
      id,
      command: `run ${id}`,
      why: 'It may write.',
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(small, fc.boolean())
      .map(([id, allowed]): EventData => ({ type: 'permission_answered', id, allowed })),
  },
)

/** What a worker that takes a turn over tells first, and how far back it begins again: a part of what there is. */
const takeover = fc.tuple(fc.boolean(), fc.option(fc.double({ min: 0, max: 1, noNaN: true })))

/** A turn's whole log, taken over any number of times, with an end or still running. */
export const log: fc.Arbitrary<Event[]> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: data }, { weight: 1, arbitrary: takeover }), LONG),
    fc.constantFrom<EventData | null>(
      { type: 'done', version: 1, verified: true },
      { type: 'cancelled' },
      { type: 'failed', code: 'provider_overloaded', message: 'Try again.', retryable: true },
      null,
    ),
  )
  .map(([middle, end]) => {
    const events: Event[] = []
    const add = (each: EventData) => {
      const seq = events.length + 1
      events.push({ seq, at: new Date(seq * 1_000).toISOString(), ...each })
    }
    add({ type: 'generation_started', generation_id: 'g', mode: 'build', model: 'm' })
    let attempt = 1
    for (const each of middle) {
      if (!Array.isArray(each)) {
        add(each)
        continue
      }
      const [resumed, back] = each
      if (resumed) add({ type: 'resumed', attempt: ++attempt })
      if (back !== null) add({ type: 'superseded', from_seq: 2 + Math.floor(back * (events.length - 1)) })
    }
    if (end) add(end)
    return events
  })

/** A log's bytes as the server sends them from `after` on, with heartbeats and line endings of any kind. */
export function bytesOf(events: readonly Event[], ending: '\n' | '\r\n' | '\r' = '\n'): Uint8Array {
  const messages = events.map((event) =>
    [`id: ${event.seq}`, `event: ${event.type}`, `data: ${JSON.stringify(event)}`, '', ''].join(ending),
  )
  return new TextEncoder().encode(messages.join(`:${ending}${ending}`))
}
