import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Event, type EventData } from '@/api/generated/wire'
import { log } from '@/testing/logs'

import { applyAll } from './reducer'
import { MOST_OUTPUT } from './runs'
import { initialTurn } from './state'

const runsOf = (...data: EventData[]) =>
  applyAll(
    initialTurn,
    data.map((each, i): Event => ({ seq: i + 1, at: new Date(i * 1_000).toISOString(), ...each })),
  ).runs

const started = (id = 1, command = 'npm test'): EventData => ({
  type: 'tool_started',
  id,
  tool: 'test',
  command,
})
const wrote = (text: string, id = 1): EventData => ({ type: 'tool_output', id, text })
const finished = (output: string, ok = true, id = 1): EventData => ({
  type: 'tool_finished',
  id,
  ok,
  exit: ok ? 0 : 1,
  end: 'exited',
  duration_ms: 1_200,
  output,
})
const asked: EventData = { type: 'permission_asked', id: 1, command: 'rm -rf out', why: 'It deletes.' }
const answered = (allowed: boolean): EventData => ({ type: 'permission_answered', id: 1, allowed })
const ENDS: EventData[] = [
  { type: 'failed', code: 'internal', message: 'No.', retryable: true },
  { type: 'cancelled' },
  { type: 'done', version: null, verified: null },
]

test('a run goes from its start through its output to its end', () => {
  const [run] = runsOf(started(), wrote('a\n'), wrote('b\n'), finished('b\n', false))
  expect(run).toEqual({
    id: 1,
    tool: 'test',
    command: 'npm test',
    state: 'failed',
    why: null,
    startedAt: '1970-01-01T00:00:00.000Z',
    output: 'a\nb\n',
    cut: false,
    result: { exit: 1, end: 'exited', durationMs: 1_200 },
  })
})

test('runs are in the order of their numbers', () => {
  expect(runsOf(started(2), started(1), started(3)).map(({ id }) => id)).toEqual([1, 2, 3])
})

test('one that begins again voids what was shown of it', () => {
  expect(runsOf(started(), wrote('half'), started(), wrote('new'))).toMatchObject([
    { state: 'running', output: 'new', startedAt: '1970-01-01T00:00:02.000Z' },
  ])
  expect(runsOf(started(), finished('x'), started())).toMatchObject([{ state: 'running', result: null }])
})

test('what is told of a run that nobody began, or that is over, is told of nothing', () => {
  expect(runsOf(wrote('a'), finished('b'), answered(true))).toEqual([])
  expect(runsOf(started(), finished('b'), wrote('c'))).toMatchObject([{ output: 'b' }])
})

test('the end of what did not stream is not lost', () => {
  const much = `${'x'.repeat(79)}\n`.repeat(300)
  expect(runsOf(started(), finished('all of it'))[0]).toMatchObject({ output: 'all of it' })
  expect(runsOf(started(), wrote(much), finished('1 failed\n'))[0]?.output).toMatch(/x\n\n…\n1 failed\n$/)
  // It did stream, in colour.
  const coloured = runsOf(started(), wrote(`${much}\x1b[31m1 failed\x1b[0m\n`), finished('1 failed\n'))
  expect(coloured[0]?.output).toMatch(/m\n$/)
})

describe('permission', () => {
  test('is asked, and given', () => {
    expect(runsOf(asked)).toMatchObject([{ state: 'asked', command: 'rm -rf out', why: 'It deletes.' }])
    expect(runsOf(asked, answered(true))).toMatchObject([{ state: 'allowed' }])
    expect(runsOf(asked, answered(true), started())).toMatchObject([{ state: 'running', why: 'It deletes.' }])
  })

  test('is refused, once', () => {
    expect(runsOf(asked, answered(false), answered(true))).toMatchObject([{ state: 'refused' }])
  })
})

test.each(ENDS)('$type closes what is open and leaves what is over', (end) => {
  expect(runsOf(asked, end)).toMatchObject([{ state: 'stopped' }])
  expect(runsOf(asked, answered(true), end)).toMatchObject([{ state: 'stopped' }])
  expect(runsOf(started(), end)).toMatchObject([{ state: 'stopped' }])
  expect(runsOf(started(), finished(''), end)).toMatchObject([{ state: 'ok' }])
  expect(runsOf(asked, answered(false), end)).toMatchObject([{ state: 'refused' }])
})

test('what is superseded was never asked nor run', () => {
  const back: EventData = { type: 'superseded', from_seq: 3 }
  expect(runsOf(started(), finished('1'), started(2), wrote('a', 2), back)).toMatchObject([
    { id: 1, state: 'ok' },
  ])
  expect(runsOf(started(2), finished('1', true, 2), asked, back)).toMatchObject([{ id: 2 }])
})

describe('output', () => {
  test('is the same end however it comes in pieces', () => {
    const piece = fc.tuple(fc.constantFrom('a', '\n', '😀', '番'), fc.integer({ min: 1, max: 9_000 }))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(60_000)), (parts, cuts) => {
        const whole = parts.map(([text, times]) => text.repeat(times)).join('')
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length]
        const pieces = at.slice(1).map((end, i) => wrote(whole.slice(at[i], end)))
        const [run] = runsOf(started(), ...pieces)
        expect({ output: run?.output, cut: run?.cut }).toEqual(endOf(whole))
      }),
      { numRuns: 100 },
    )
  })

  test('is bounded in any log, where nothing is open after the end', () => {
    fc.assert(
      fc.property(log, (events) => {
        const { runs, status } = applyAll(initialTurn, events)
        expect(runs.map(({ id }) => id)).toEqual([...new Set(runs.map(({ id }) => id))].sort())
        for (const run of runs) {
          expect(run.output.length).toBeLessThanOrEqual(MOST_OUTPUT)
          if (status !== 'running') expect(['asked', 'allowed', 'running']).not.toContain(run.state)
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** The last whole characters. */
function endOf(whole: string): { output: string; cut: boolean } {
  const end = whole.slice(-MOST_OUTPUT)
  const half = whole.length > MOST_OUTPUT && /^[\uDC00-\uDFFF]/.test(end)
  return { output: half ? end.slice(1) : end, cut: whole.length > MOST_OUTPUT }
}
