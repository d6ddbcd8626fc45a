import { afterEach, expect, test, vi } from 'vitest'

import { type Event } from '@/api/generated/wire'

import { backoff, followGeneration, type StreamStatus } from './transport'

const EVENTS: Event[] = [
  { seq: 1, at: '', type: 'generation_started', generation_id: 'g', mode: 'build', model: null },
  { seq: 2, at: '', type: 'text_delta', text: 'Grüße 😀' },
  { seq: 3, at: '', type: 'text_delta', text: '\n\n' },
  { seq: 4, at: '', type: 'done', version: 1, verified: true },
]

const encode = (events: Event[]) =>
  new TextEncoder().encode(
    events.map((e) => `id: ${e.seq}\nevent: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join(''),
  )

const body = (bytes: Uint8Array, chunk: number, lose = false) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += chunk) controller.enqueue(bytes.slice(at, at + chunk))
        if (lose) controller.error(new TypeError('network error'))
        else controller.close()
      },
    }),
  )

function follow(answers: (() => Response | Promise<Response>)[], idleMs = 5_000) {
  const urls: string[] = []
  const events: Event[] = []
  const statuses: StreamStatus[] = []
  const fetch = (url: string | URL | Request) => {
    urls.push(url as string)
    const answer = answers.shift()
    if (!answer) throw new Error('asked once too often')
    return Promise.resolve(answer())
  }
  const stop = followGeneration({
    url: '/e',
    onEvents: (batch) => events.push(...batch),
    onStatus: (status) => statuses.push(status),
    fetch,
    random: () => 0,
    idleMs,
  })
  stops.push(stop)
  return { urls, events, statuses, last: () => statuses.at(-1) }
}

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

test.each([1, 2, 7, 10_000])('reads a stream cut into chunks of %i bytes', async (chunk) => {
  const seen = follow([() => body(encode(EVENTS), chunk)])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'))
  expect(seen.events).toEqual(EVENTS)
  expect(seen.last()?.parseErrors).toBe(0)
})

test('resumes after the last event when the connection is lost, without a gap or a duplicate', async () => {
  const seen = follow([
    () => body(encode(EVENTS.slice(0, 2)), 10_000),
    () => {
      throw new TypeError('offline')
    },
    () => body(encode(EVENTS.slice(1)), 3),
  ])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'), 3_000)
  expect(seen.events).toEqual(EVENTS)
  expect(seen.urls).toEqual(['/e', '/e?after=2', '/e?after=2'])
  expect(seen.statuses.some((s) => s.phase === 'waiting')).toBe(true)
})

test('asks again when an event is missing', async () => {
  const hole = [EVENTS[0], EVENTS[2]] as Event[]
  const seen = follow([() => body(encode(hole), 10_000), () => body(encode(EVENTS), 10_000)])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'), 3_000)
  expect(seen.events).toEqual(EVENTS)
  expect(seen.urls[1]).toBe('/e?after=1')
})

test('counts what cannot be read and goes on', async () => {
  const bad = new TextEncoder().encode('data: {nonsense\n\ndata: {"seq":"1"}\n\n')
  const good = encode(EVENTS)
  const bytes = new Uint8Array(bad.length + good.length)
  bytes.set(bad)
  bytes.set(good, bad.length)
  const seen = follow([() => body(bytes, 50)])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'))
  expect(seen.last()?.parseErrors).toBe(2)
  expect(seen.events).toEqual(EVENTS)
})

test('makes a new connection when the server falls silent', async () => {
  const silent = () =>
    new Response(new ReadableStream({ start: (c) => c.enqueue(encode(EVENTS.slice(0, 1))) }))
  const seen = follow([silent, () => body(encode(EVENTS), 99)], 50)
  await vi.waitFor(() => expect(seen.events).toEqual(EVENTS), 3_000)
})

test('stops for good when the server refuses', async () => {
  const refusal = {
    code: 'not_found',
    title: 'Nothing here',
    detail: 'It is gone.',
    status: 404,
    retryable: false,
  }
  const seen = follow([() => Response.json(refusal, { status: 404 })])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('refused'))
  expect(seen.last()?.problem).toBe('It is gone.')
})

test('waits longer each time, within bounds', () => {
  expect([1, 2, 3].map((n) => backoff(n, 1))).toEqual([400, 800, 1_600])
  expect(backoff(1, 0)).toBe(200)
  expect(backoff(50, 1)).toBe(15_000)
})
