import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseFrameMessage } from './frameMessage'
import { addMessage, countsOf, emptyLog, fixPrompt, type PreviewLog } from './previewLog'
import { reportOf } from './reports'

test('reads what the preview sends', () => {
  expect(parseFrameMessage({ qv: 1, type: 'console', level: 'warn', args: ['a', 1, null] })).toEqual({
    type: 'console',
    level: 'warn',
    text: 'a 1 ',
  })
  expect(
    parseFrameMessage({
      qv: 1,
      type: 'error',
      message: 'x is undefined',
      file: 'http://id.preview.localhost:4173/src/App.tsx?t=3',
      line: 4,
      col: 9,
    }),
  ).toEqual({
    type: 'error',
    text: 'x is undefined',
    at: { file: 'src/App.tsx', line: 4, column: 9 },
    stack: null,
  })
  expect(parseFrameMessage({ qv: 1, type: 'picked', cancelled: true })).toEqual({
    type: 'picked',
    element: null,
  })
})

test.each([
  null,
  'x',
  3,
  [],
  {},
  { qv: 2, type: 'boot' },
  { qv: 1 },
  { qv: 1, type: 'console', level: 'log' },
])('refuses %j', (data) => expect(parseFrameMessage(data)).toBeNull())

test('never throws and never keeps more than it should, whatever is sent', () => {
  const field = fc.oneof(fc.anything(), fc.string({ maxLength: 20_000 }))
  const message = fc.record(
    {
      qv: fc.constant(1),
      type: fc.constantFrom(
        'boot',
        'console',
        'error',
        'unhandledrejection',
        'resource-error',
        'network',
        'picked',
      ),
      level: fc.constantFrom('log', 'error'),
      args: fc.array(field, { maxLength: 40 }),
      message: field,
      file: field,
      line: field,
      url: field,
      stack: field,
      html: field,
      components: fc.anything(),
    },
    { requiredKeys: ['qv', 'type'] },
  )
  fc.assert(
    fc.property(message, (data) => {
      const parsed = parseFrameMessage(data)
      expect(JSON.stringify(parsed).length).toBeLessThan(40_000)
    }),
  )
})

test('folds repeats, caps the list and begins anew with a new document', () => {
  const say = (log: PreviewLog, text: string) => addMessage(log, { type: 'console', level: 'error', text })
  let log = say(say(emptyLog, 'same'), 'same')
  expect(log.entries).toMatchObject([{ text: 'same', count: 2 }])
  for (let i = 0; i < 400; i++) log = say(log, `line ${i}`)
  expect(log.entries).toHaveLength(300)
  expect(log.dropped).toBe(101)
  expect(countsOf(log)).toEqual({ errors: 300, warnings: 0 })
  expect(addMessage(log, { type: 'boot' }).entries).toEqual([])
})

test('asks the agent about the newest errors, with their places', () => {
  const entry = { id: 1, level: 'error' as const, text: 'boom', stack: null, count: 1 }
  expect(fixPrompt([{ ...entry, at: { file: 'src/a.ts', line: 3, column: 1 } }])).toBe(
    'The preview reports an error. Please fix it:\n\n- boom (src/a.ts:3)',
  )
})

test('relays errors and paints, not chatter', () => {
  expect(reportOf({ type: 'console', level: 'log', text: 'hi' })).toBeNull()
  expect(reportOf({ type: 'painted' })).toEqual({ issue: 'painted', message: '' })
  expect(reportOf({ type: 'unhandledrejection', text: 'no', at: null, stack: null })).toMatchObject({
    issue: 'unhandled_rejection',
    message: 'no',
  })
})
