import { afterEach, expect, test, vi } from 'vitest'

import { problem } from '@/testing/problem'

import { followOutput, type OutputPart } from './output'
import { type StreamStatus } from './status'
import { type Stream } from './transport'

const event = (seq: number, text: string) =>
  `id: ${seq}\nevent: output\ndata: ${JSON.stringify({ seq, at: '2026-11-24T12:00:00Z', source: 'server', text })}\n\n`

/** Ends when all is said, or stays open. */
const answer = (text: string, open = false) =>
  new Response(
    new ReadableStream({
      start(controller) {
        // In pieces of three bytes, inside characters, too.
        const bytes = new TextEncoder().encode(text)
        for (let at = 0; at < bytes.length; at += 3) controller.enqueue(bytes.slice(at, at + 3))
        if (!open) controller.close()
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  )

let stream: Stream | undefined
afterEach(() => stream?.stop())

function follow(...answers: (Response | Error)[]) {
  const asked: string[] = []
  const parts: OutputPart[] = []
  const status: StreamStatus[] = []
  stream = followOutput({
    url: '/log',
    onParts: (more) => parts.push(...more),
    onStatus: (now) => status.push(now),
    random: () => 0,
    fetch: (input) => {
      asked.push(input as string)
      const next = answers.shift() ?? answer(':\n\n', true)
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    },
  })
  const told = () =>
    parts.map((part) =>
      part.kind === 'output' ? part.output.text : part.kind === 'missing' ? part.pieces : part.kind,
    )
  return { asked, status, told }
}

test('each piece comes once, over as many connections as it takes', async () => {
  const { asked, told, status } = follow(
    answer(event(1, 'größer 番茄') + event(2, 'b')),
    new Error('network'),
    answer(`:\n\n${event(3, 'c')}`, true),
  )
  await vi.waitFor(() => expect(told()).toEqual(['größer 番茄', 'b', 'c']), { timeout: 5_000 })
  expect(asked).toEqual(['/log', '/log?after=2', '/log?after=2'])
  expect(status.some(({ phase, problem }) => phase === 'waiting' && problem === 'Connection lost.')).toBe(
    true,
  )
  expect(status.at(-1)).toMatchObject({ phase: 'open', failures: 0 })
})

test('what the server has forgotten is counted; a server that began anew is heard', async () => {
  const { told } = follow(
    answer(event(4, 'd')),
    answer(event(9, 'i')),
    answer(event(1, 'new') + event(1, 'new') + event(2, 'more'), true),
  )
  await vi.waitFor(() => expect(told()).toEqual(['d', 4, 'i', 'again', 'new', 'more']), { timeout: 5_000 })
})

test('a refusal ends it in the server’s words', async () => {
  const { status, asked } = follow(problem(403, 'forbidden', 'Only members see this.'))
  await vi.waitFor(() =>
    expect(status.at(-1)).toMatchObject({ phase: 'refused', problem: 'Only members see this.' }),
  )
  expect(asked).toHaveLength(1)
})

test('what cannot be read is counted and passed over', async () => {
  const { status, told } = follow(
    answer(`event: output\ndata: {"seq":"x"}\n\nevent: other\ndata: 1\n\n${event(1, 'a')}`, true),
  )
  await vi.waitFor(() => expect(told()).toEqual(['a']))
  expect(status.at(-1)?.parseErrors).toBe(1)
})
