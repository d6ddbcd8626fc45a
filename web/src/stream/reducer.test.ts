import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Event, type EventData } from '@/api/generated/wire'
import { scriptFor } from '@/testing/script'

import { apply, applyAll } from './reducer'
import { initialTurn, type TurnState } from './state'

const log = (data: EventData[]): Event[] =>
  data.map((each, i) => ({ seq: i + 1, at: new Date(i * 1_000).toISOString(), ...each }))

const WHOLE = log(scriptFor('g', 'build', 'a timer').map(([, data]) => data))
/** The list of past events is a chain thousands deep, which `toEqual` walks by recursion. */
const shown = (state: TurnState) => ({ ...state, past: null })

describe('a turn', () => {
  const state = applyAll(initialTurn, WHOLE)

  test('ends with all that its card shows', () => {
    expect(state.status).toBe('done')
    expect(state.verified).toBe(true)
    expect(state.plan.every((item) => item.done)).toBe(true)
    expect(state.checks.map((c) => [c.check, c.state])).toEqual([
      ['compile', 'failed'],
      ['compile', 'ok'],
      ['runtime', 'ok'],
      ['smoke', 'ok'],
    ])
    expect(state.repairs).toEqual([{ round: 1, reason: 'An import leads nowhere', after: 1 }])
    expect(state.files.every((f) => f.state === 'applied')).toBe(true)
    expect(state.steps.map((s) => s.usage?.output)).toEqual([2_310, 90, 60, 110])
    expect(state.played).toEqual(['planner', 'builder', 'reviewer', 'tester'])
    expect(state.smoke.map(({ ok }) => ok)).toEqual([true, true])
    expect(state.review).toEqual({ ok: true, findings: [] })
  })

  test('is the same for every batching and every reconnect point', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(WHOLE.length), { maxLength: 8 }), (points) => {
        // At each point the connection is lost and what follows an earlier event is sent again.
        let again = initialTurn
        let have = 0
        for (const point of points.sort((a, b) => a - b)) {
          again = applyAll(again, WHOLE.slice(Math.max(0, have - 5), point))
          have = Math.max(have, point)
        }
        again = applyAll(again, WHOLE.slice(Math.max(0, have - 5)))
        expect(shown(again)).toEqual(shown(state))
      }),
      { numRuns: 60 },
    )
  })

  test('does not change when an event is missing', () => {
    const before = applyAll(initialTurn, WHOLE.slice(0, 10))
    expect(applyAll(before, WHOLE.slice(12))).toBe(before)
  })

  test('keeps its input untouched', () => {
    const before = applyAll(initialTurn, WHOLE.slice(0, 40))
    const copy = structuredClone(shown(before))
    applyAll(before, WHOLE.slice(40))
    expect(shown(before)).toEqual(copy)
  })
})

test('what is superseded is as if it had never been', () => {
  const head = WHOLE.slice(0, 30)
  const again: EventData[] = [
    { type: 'resumed', attempt: 2 },
    { type: 'superseded', from_seq: 20 },
    { type: 'text_delta', text: 'Once more.' },
  ]
  const events = [...head, ...again.map((data, i): Event => ({ seq: 31 + i, at: '', ...data }))]
  const expected = applyAll(initialTurn, head.slice(0, 19))
  expect(shown(applyAll(initialTurn, events))).toEqual({
    ...shown(expected),
    seq: 33,
    attempt: 2,
    text: `${expected.text}Once more.`,
    thinking: '',
  })
})

test('superseding twice drops what came between', () => {
  const events = log([
    { type: 'generation_started', generation_id: 'g', mode: 'build', model: null },
    { type: 'text_delta', text: 'a' },
    { type: 'superseded', from_seq: 2 },
    { type: 'text_delta', text: 'b' },
    { type: 'superseded', from_seq: 4 },
    { type: 'text_delta', text: 'c' },
  ])
  expect(applyAll(initialTurn, events).text).toBe('c')
})

test('counts lines as they come, also the last one without an ending', () => {
  const open = log([
    { type: 'file_opened', path: 'a.ts', op: 'write' },
    { type: 'file_delta', path: 'a.ts', text: 'one\ntw' },
    { type: 'file_delta', path: 'a.ts', text: 'o\nthree' },
  ])
  const before = applyAll(initialTurn, open)
  expect(before.files[0]).toMatchObject({ state: 'writing', lines: 2, text: 'one\ntwo\nthree' })
  const after = apply(before, { seq: 4, at: '', type: 'file_closed', path: 'a.ts' })
  expect(after.files[0]).toMatchObject({ state: 'written', lines: 3 })
})

test('what was taken back is as before, until it is written anew', () => {
  const applied = (added: number): EventData => ({
    type: 'edit_applied',
    index: 0,
    path: 'a.ts',
    op: 'write',
    added,
    removed: 0,
  })
  const events = log([applied(9), { type: 'rolled_back', reason: 'It broke.', paths: ['a.ts'] }, applied(2)])
  const back = applyAll(initialTurn, events.slice(0, 2))
  expect(back.files[0]).toMatchObject({ state: 'taken_back', added: 9 })
  expect(back.rolledBack).toEqual({ reason: 'It broke.', paths: ['a.ts'] })
  expect(applyAll(back, events).files[0]).toMatchObject({ state: 'applied', added: 2 })
})

test('a call belongs to the role and the model that it names, and else to those of its kind and turn', () => {
  const call = { type: 'step_started', files_sent: 0, files_total: 0, input_tokens: 1 } as const
  const { steps } = applyAll(
    initialTurn,
    log([
      { type: 'generation_started', generation_id: 'g', mode: 'build', model: 'large' },
      { ...call, step: 1, kind: 'plan', model: 'small' },
      { ...call, step: 2, kind: 'repair' },
      { ...call, step: 3, kind: 'draft', role: 'tester' },
    ]),
  )
  expect(steps.map(({ role, model }) => [role, model])).toEqual([
    ['planner', 'small'],
    ['builder', 'large'],
    ['tester', 'large'],
  ])
})

test('the last look at the app counts: its picture, its checks, its reading', () => {
  const smoke = (ok: boolean): EventData => ({
    type: 'smoke_finished',
    results: [{ path: 'checks/a.check', name: 'It loads', ok, ok_before: null, message: '', duration_ms: 9 }],
  })
  const suggested = (reason: string): EventData => ({ type: 'suggested', path: 'a.ts', reason })
  const state = applyAll(
    initialTurn,
    log([
      { type: 'screenshot', image: '/1', duration_ms: 800 },
      smoke(false),
      { type: 'review_finished', ok: false, findings: [{ path: null, message: 'No button.' }] },
      suggested('First.'),
      { type: 'screenshot', image: '/2', duration_ms: 800 },
      smoke(true),
      { type: 'review_finished', ok: true, findings: [] },
      suggested('Then.'),
    ]),
  )
  expect(state.screenshot).toBe('/2')
  expect(state.smoke.map(({ ok }) => ok)).toEqual([true])
  expect(state.review).toEqual({ ok: true, findings: [] })
  expect(state.suggested).toEqual([{ path: 'a.ts', reason: 'Then.' }])
})

test('stopping marks what was not finished', () => {
  const events = log([
    { type: 'file_opened', path: 'a.ts', op: 'write' },
    { type: 'check_started', check: 'compile' },
    { type: 'cancelled' },
  ])
  const state = applyAll(initialTurn, events)
  expect(state.status).toBe('cancelled')
  expect(state.files[0]).toMatchObject({ state: 'failed', reason: 'Not finished' })
  expect(state.checks).toEqual([])
})

test('an event of an unknown type is counted and shown by nobody', () => {
  const odd = { seq: 1, at: '', type: 'from_the_future' } as unknown as Event
  expect(shown(apply(initialTurn, odd))).toEqual({ ...shown(initialTurn), seq: 1 })
})
