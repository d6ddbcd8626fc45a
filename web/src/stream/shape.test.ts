import { expect, test } from 'vitest'

import { scriptFor } from '@/testing/script'

import { parseEvent } from './shape'

const event = (data: object) => JSON.stringify({ seq: 3, at: '2026-11-24T12:00:00Z', ...data })

test('what the server sends is an event', () => {
  const scripts = ['a timer', 'a server', 'something nice', 'break it', 'unsure'].map((words) =>
    scriptFor('g', 'build', words),
  )
  for (const [, data] of [...scripts, scriptFor('g', 'plan', 'a chart')].flat()) {
    expect(parseEvent(event(data)), data.type).toMatchObject(data)
  }
})

test('a type that only a newer server knows is an event', () => {
  expect(parseEvent(event({ type: 'from_the_future', with: ['anything'] }))?.seq).toBe(3)
  expect(parseEvent(event({ type: 'constructor' }))?.seq).toBe(3)
})

const finished = {
  type: 'tool_finished',
  id: 1,
  ok: false,
  exit: -9,
  end: 'exited',
  duration_ms: 3,
  output: '',
}

test('an exit code may be below zero, or none', () => {
  expect(parseEvent(event(finished))).toMatchObject({ exit: -9 })
  expect(parseEvent(event({ ...finished, exit: null }))).toMatchObject({ exit: null })
})

test.each([
  ['no JSON', '{nonsense'],
  ['no object', '[]'],
  ['no number', event({ type: 'cancelled', seq: '3' })],
  ['a number before the first', event({ type: 'cancelled', seq: 0 })],
  ['no time', event({ type: 'cancelled', at: null })],
  ['no type', event({})],
  ['a missing field', event({ type: 'text_delta' })],
  ['a field of another type', event({ type: 'usage', step: 1, kind: 'draft', usage: 3, cost_nanousd: null })],
  ['a list with something else in it', event({ type: 'plan', items: [{ text: 'One' }] })],
  [
    'a smoke check without a word',
    event({ type: 'smoke_finished', results: [{ path: 'a.check', ok: true }] }),
  ],
  ['a question without choices', event({ type: 'questions', items: [{ text: 'Who?' }] })],
  ['an exit code that is no integer', event({ ...finished, exit: 0.5 })],
  ['a run without an end', event({ ...finished, end: undefined })],
])('%s is none', (_, data) => expect(parseEvent(data)).toBeNull())
