import { afterEach, expect, test, vi } from 'vitest'

import { type Event } from '@/api/generated/wire'

import { initialStatus, troubleOf, type StreamStatus } from './status'
import { followGeneration, type Stream } from './transport'
import { backoff, waitFor } from './wait'

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

const HEADERS = { 'content-type': 'text/event-stream' }

const body = (bytes: Uint8Array, chunk = 10_000, headers: Record<string, string> = {}) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += chunk) controller.enqueue(bytes.slice(at, at + chunk))
        controller.close()
      },
    }),
    { headers: { ...HEADERS, ...headers } },
  )

/** A connection that stays open. */
function held(bytes: Uint8Array, headers: Record<string, string> = {}) {
  let pen: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      pen = controller
      controller.enqueue(bytes)
    },
  })
  return {
    answer: () => new Response(stream, { headers: { ...HEADERS, ...headers } }),
    send: (more: Uint8Array) => pen?.enqueue(more),
    end: () => pen?.close(),
    lose: () => pen?.error(new TypeError('network error')),
  }
}

const text = (words: string) => new TextEncoder().encode(words)
const gone = () => {
  throw new TypeError('offline')
}

function follow(answers: (() => Response | Promise<Response>)[], idleMs = 5_000, onEvents?: () => void) {
  const urls: string[] = []
  const events: Event[] = []
  const statuses: StreamStatus[] = []
  const fetch = (url: string | URL | Request) => {
    urls.push(url as string)
    const answer = answers.shift()
    if (!answer) throw new Error('asked once too often')
    return Promise.resolve(answer())
  }
  const stream = followGeneration({
    url: '/e',
    onEvents: (batch) => {
      onEvents?.()
      events.push(...batch)
    },
    onStatus: (status) => statuses.push(status),
    fetch,
    random: () => 0,
    idleMs,
  })
  streams.push(stream)
  const last = () => statuses.at(-1)
  const phases = () => statuses.map(({ phase }) => phase).filter((each, i, all) => each !== all[i - 1])
  return { urls, events, statuses, last, phases, stream }
}

const streams: Stream[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.stop()
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
    gone,
    () => body(encode(EVENTS.slice(1)), 3),
  ])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'), 3_000)
  expect(seen.events).toEqual(EVENTS)
  expect(seen.urls).toEqual(['/e', '/e?after=2', '/e?after=2'])
  const waited = seen.statuses.find((s) => s.phase === 'waiting')
  expect(waited?.problem).toBe('Connection lost.')
  expect((waited?.retryAt ?? 0) - Date.now()).toBeLessThan(LONG_MS)
})

/** Longer than a first wait, shorter than a test. */
const LONG_MS = 1_500

test('a connection that the server ends after a while is made again without a word', async () => {
  const first = held(encode(EVENTS.slice(0, 2)))
  const seen = follow([first.answer, () => body(encode(EVENTS.slice(2)))])
  await vi.waitFor(() => expect(seen.events).toHaveLength(2))
  first.end()
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'))
  expect(seen.events).toEqual(EVENTS)
  expect(seen.phases()).toEqual(['connecting', 'open', 'closed'])
  expect(seen.statuses.map(troubleOf).filter((trouble) => trouble !== null)).toEqual([])
})

test('a server that hangs up at once, again and again, is lost', async () => {
  const nothing = () => body(text(': hello\n\n'))
  const seen = follow([nothing, nothing, () => body(encode(EVENTS))])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'), 3_000)
  expect(Math.max(...seen.statuses.map(({ failures }) => failures))).toBeGreaterThan(0)
})

test('what was missed is caught up with after a loss, and that is said', async () => {
  const again = held(encode(EVENTS.slice(1, 2)), { 'x-last-seq': '3' })
  const seen = follow([() => body(encode(EVENTS.slice(0, 1))), gone, again.answer])
  await vi.waitFor(() => expect(seen.last()).toMatchObject({ phase: 'open', catchingUp: true }), LONG_MS)
  again.send(encode(EVENTS.slice(2, 3)))
  await vi.waitFor(() => expect(seen.last()).toMatchObject({ phase: 'open', catchingUp: false, failures: 0 }))
  expect(seen.events).toEqual(EVENTS.slice(0, 3))
})

test('a network that comes back is used at once', async () => {
  const far = () => Response.json({}, { status: 503 })
  const seen = follow([() => body(text('retry: 30000\n\n')), far, () => body(encode(EVENTS))])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('waiting'))
  // The server asked to wait for half a minute.
  expect((seen.last()?.retryAt ?? 0) - Date.now()).toBeGreaterThan(20_000)
  seen.stream.tryNow()
  await vi.waitFor(() => expect(seen.urls).toHaveLength(2))
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('waiting'))
  window.dispatchEvent(new window.Event('online'))
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'))
  expect(seen.events).toEqual(EVENTS)
})

test('a connection through a network that has changed is made anew without a word', async () => {
  const old = held(encode(EVENTS.slice(0, 2)))
  const seen = follow([old.answer, () => body(encode(EVENTS))])
  await vi.waitFor(() => expect(seen.events).toHaveLength(2))
  window.dispatchEvent(new window.Event('offline'))
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'))
  expect(seen.events).toEqual(EVENTS)
  expect(seen.phases()).toEqual(['connecting', 'open', 'closed'])
})

test('a server that is not ready says when to come back', async () => {
  const problem = {
    code: 'unavailable',
    title: 'T',
    detail: 'D',
    status: 503,
    retryable: true,
    retry_after: 20,
  }
  const seen = follow([() => Response.json(problem, { status: 503 })])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('waiting'))
  expect((seen.last()?.retryAt ?? 0) - Date.now()).toBeGreaterThan(19_000)
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

test('an event that can never be read ends the stream by words', async () => {
  const bad = new Uint8Array([
    ...encode(EVENTS.slice(0, 2)),
    ...text('id: 3\ndata: {"seq":3}\n\n'),
    ...encode(EVENTS.slice(3)),
  ])
  const seen = follow(Array.from({ length: 4 }, () => () => body(bad)))
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('broken'), 15_000)
  expect(seen.urls).toEqual(['/e', '/e?after=2', '/e?after=2', '/e?after=2'])
  expect(seen.last()).toMatchObject({ parseErrors: 4, retryAt: null })
  expect(troubleOf(seen.last() ?? initialStatus)).toMatchObject({ kind: 'gone' })
  expect(seen.events).toEqual(EVENTS.slice(0, 2))
})

test('an end that cannot be read is asked for again', async () => {
  const bad = new Uint8Array([...encode(EVENTS.slice(0, 3)), ...text('data: {"seq":4,\n\n')])
  const seen = follow([() => body(bad), () => body(encode(EVENTS))])
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('closed'), 3_000)
  expect(seen.statuses.some(({ problem }) => problem?.startsWith('A message from the server'))).toBe(true)
  expect(seen.events).toEqual(EVENTS)
})

test('a page that cannot take an event stops and says so', async () => {
  const seen = follow([held(encode(EVENTS.slice(0, 1))).answer], 5_000, () => {
    throw new Error('of the page')
  })
  await vi.waitFor(() => expect(seen.last()?.phase).toBe('broken'))
})

test('makes a new connection when the server falls silent', async () => {
  const silent = held(encode(EVENTS.slice(0, 1)))
  const seen = follow([silent.answer, () => body(encode(EVENTS), 99)], 50)
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
  expect(waitFor(1, 3_000, 0)).toBe(3_000)
  expect(waitFor(1, 3_000, 1)).toBe(3_750)
  expect(waitFor(50, 3_000, 1)).toBe(15_000)
  expect(waitFor(1, 9e9, 0)).toBe(60_000)
})
