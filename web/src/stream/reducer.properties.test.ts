import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Event } from '@/api/generated/wire'
import { bytesOf, log } from '@/testing/logs'

import { EventReader } from './read'
import { apply, applyAll } from './reducer'
import { roleCosts } from './roles'
import { initialTurn, type TurnState } from './state'
import { costOf } from './summary'

const shown = (state: TurnState) => ({ ...state, past: null })

/** What stands of a log, by the words of the protocol alone: a superseding makes void what is between. */
function standing(events: readonly Event[]): Event[] {
  return events.reduce<Event[]>(
    (kept, event) =>
      event.type === 'superseded' ? kept.filter(({ seq }) => seq < event.from_seq) : [...kept, event],
    [],
  )
}

describe('any log', () => {
  test('shows what stands of it and nothing else', () => {
    fc.assert(
      fc.property(log, (events) => {
        const clean = standing(events).map((event, i) => ({ ...event, seq: i + 1 }))
        const expected = applyAll(initialTurn, clean)
        const state = applyAll(initialTurn, events)
        expect(state.seq).toBe(events.length)
        for (const part of [
          'text',
          'files',
          'plan',
          'checks',
          'smoke',
          'review',
          'screenshot',
          'questions',
          'rolledBack',
          'suggested',
          'played',
          'repairs',
          'runs',
          'endedAt',
          'error',
          'version',
        ] as const) {
          expect(state[part], part).toEqual(expected[part])
        }
        const steps = (turn: TurnState) =>
          turn.steps.map(({ step, kind, role, model, inputTokens }) => [step, kind, role, model, inputTokens])
        expect(steps(state)).toEqual(steps(expected))
        expect(state.attempt).toBe(1 + events.filter(({ type }) => type === 'resumed').length)
      }),
      { numRuns: 400 },
    )
  })

  test('costs all that was paid in it, void or not', () => {
    fc.assert(
      fc.property(log, (events) => {
        const bills = events.filter((event) => event.type === 'usage')
        const cost = costOf(applyAll(initialTurn, events), null)
        const sum = (of: (bill: (typeof bills)[number]) => number) =>
          bills.reduce((all, bill) => all + of(bill), 0)
        expect(cost?.nanousd ?? 0).toBe(sum((bill) => bill.cost_nanousd ?? 0))
        expect(cost?.output ?? 0).toBe(sum((bill) => bill.usage.output))
        expect(cost?.repairNanousd ?? 0).toBe(
          sum((bill) => (bill.kind === 'repair' ? (bill.cost_nanousd ?? 0) : 0)),
        )
      }),
      { numRuns: 400 },
    )
  })

  test('costs the same by role', () => {
    fc.assert(
      fc.property(log, (events) => {
        const bills = events.filter((event) => event.type === 'usage')
        const rows = roleCosts(applyAll(initialTurn, events), null)
        const sum = (of: (row: (typeof rows)[number]) => number) =>
          rows.reduce((all, row) => all + of(row), 0)
        expect(sum((row) => row.calls)).toBe(bills.length)
        expect(sum((row) => row.usage.output)).toBe(bills.reduce((all, bill) => all + bill.usage.output, 0))
        expect(sum((row) => row.cost_nanousd ?? 0)).toBe(
          bills.reduce((all, bill) => all + (bill.cost_nanousd ?? 0), 0),
        )
        expect(new Set(rows.map((row) => `${row.role} ${row.model}`)).size).toBe(rows.length)
      }),
      { numRuns: 400 },
    )
  })

  test('is the same for every split of its bytes', () => {
    const ending = fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const)
    fc.assert(
      fc.property(log, ending, fc.array(fc.nat(), { maxLength: 40, size: 'max' }), (events, lines, cuts) => {
        // A lone CR at the very end may still become CR LF: there the comment after it says that it did not.
        const bytes = new Uint8Array([...bytesOf(events, lines), ...bytesOf([], lines), 0x3a])
        const expected = applyAll(initialTurn, events)
        const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
        expect(shown(read(at.slice(1).map((end, i) => bytes.subarray(at[i], end))))).toEqual(shown(expected))
      }),
      { numRuns: 150 },
    )
  })

  test('is the same byte by byte', () => {
    fc.assert(
      fc.property(log, (events) => {
        const bytes = bytesOf(events)
        const each = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
        expect(shown(read(each))).toEqual(shown(applyAll(initialTurn, events)))
      }),
      { numRuns: 40 },
    )
  })

  test('is the same for every reconnect point, with what is sent again', () => {
    fc.assert(
      fc.property(log, fc.array(fc.tuple(fc.nat(), fc.nat(8)), { maxLength: 8 }), (events, cuts) => {
        let state = initialTurn
        for (const [point, overlap] of cuts) {
          const from = Math.max(0, state.seq - overlap)
          state = applyAll(state, events.slice(from, from + (point % (events.length + 1))))
        }
        // At the end everything is sent from the beginning.
        state = applyAll(state, events)
        expect(shown(state)).toEqual(shown(applyAll(initialTurn, events)))
      }),
      { numRuns: 300 },
    )
  })
})

test('each point of one log is a reconnect point', () => {
  const [events = []] = fc.sample(log, { numRuns: 1, seed: 7 })
  const whole = shown(applyAll(initialTurn, events))
  for (let point = 0; point <= events.length; point++) {
    const before = applyAll(initialTurn, events.slice(0, point))
    expect(shown(applyAll(before, events.slice(Math.max(0, point - 3))))).toEqual(whole)
  }
})

function read(chunks: Uint8Array[]): TurnState {
  const reader = new EventReader()
  return chunks
    .flatMap((chunk) => reader.push(chunk))
    .reduce((state, event) => {
      if (!event) throw new Error('a message was not read')
      return apply(state, event)
    }, initialTurn)
}
