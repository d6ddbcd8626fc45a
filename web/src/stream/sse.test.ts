import fc from 'fast-check'
import { expect, test } from 'vitest'

import { SseParser } from './sse'

const STREAM =
  '\uFEFF: hello\n\nid: 1\nevent: plan\ndata: {"a":1}\n\n:\r\n\r\nid: 2\r\ndata: one\r\ndata: two\r\n\r\ndata:x\rdata\r\r\nevent: lost\n\nid: 3\ndata: é😀 end\n\ndata: not finished'

const read = (chunks: string[]) => {
  const parser = new SseParser()
  return chunks.flatMap((chunk) => parser.push(chunk))
}

test('reads messages, comments, all line endings and several data lines', () => {
  expect(read([STREAM])).toEqual([
    { id: '1', event: 'plan', data: '{"a":1}' },
    { id: '2', event: 'message', data: 'one\ntwo' },
    { id: '2', event: 'message', data: 'x\n' },
    { id: '3', event: 'message', data: 'é😀 end' },
  ])
})

test('is the same for every split', () => {
  const whole = read([STREAM])
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
      const chunks = at.slice(1).map((end, i) => STREAM.slice(at[i], end))
      expect(read(chunks)).toEqual(whole)
    }),
  )
  expect(read(Array.from(STREAM))).toEqual(whole)
})

test('remembers the last wait that the server asks for, and only numbers', () => {
  const parser = new SseParser()
  expect(parser.retryMs).toBeNull()
  parser.push('retry: 1500\nretry: soon\nretry:\nretry: -3\n')
  expect(parser.retryMs).toBe(1_500)
})
