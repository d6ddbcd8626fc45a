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
    ])
    expect(state.repairs).toEqual([{ round: 1, reason: 'An import leads nowhere' }])
    expect(state.files.every((f) => f.state === 'applied')).toBe(true)
    expect(state.steps.map((s) => s.usage?.output)).toEqual([2_310, 90])
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
