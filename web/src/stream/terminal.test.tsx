import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { openTerminal, type TerminalStatus } from './terminal'

/** A WebSocket whose other end is the test. */
class FakeSocket {
  static all: FakeSocket[] = []
  binaryType = ''
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  sent: (string | Uint8Array)[] = []
  closed = false

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }

  get query() {
    return Object.fromEntries(new URL(this.url).searchParams)
  }
  send(data: string | Uint8Array) {
    this.sent.push(data)
  }
  close() {
    this.closed = true
  }
  say(event: object) {
    this.onmessage?.({ data: JSON.stringify(event) })
  }
  bytes(bytes: Uint8Array) {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer })
  }
  text(text: string) {
    this.bytes(new TextEncoder().encode(text))
  }
  end(code = 1006) {
    this.onclose?.({ code })
  }
}

const latest = () => {
  const socket = FakeSocket.all.at(-1)
  if (!socket) throw new Error('no connection was made')
  return socket
}

function open(terminal: string | null = null) {
  const seen = {
    bytes: [] as number[],
    notes: [] as string[],
    shells: [] as (string | null)[],
    status: [] as TerminalStatus[],
  }
  const connection = openTerminal({
    url: 'ws://localhost/api/projects/p/terminal',
    terminal,
    size: { columns: 80, rows: 24 },
    onBytes: (bytes) => seen.bytes.push(...bytes),
    onReset: () => seen.notes.push('reset'),
    onMissing: (bytes) => seen.notes.push(`missing ${bytes}`),
    onShell: (shell) => seen.shells.push(shell),
    onStatus: (status) => seen.status.push(status),
    connect: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 0,
  })
  return {
    ...seen,
    connection,
    text: () => new TextDecoder().decode(Uint8Array.from(seen.bytes)),
    now: () => seen.status.at(-1),
  }
}

beforeEach(() => {
  FakeSocket.all = []
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())
const later = (ms = 20_000) => vi.advanceTimersByTimeAsync(ms)

describe('a terminal', () => {
  test('says what is prepared, then shows the shell, then takes what is typed', () => {
    const terminal = open()
    expect(latest().query).toEqual({ columns: '80', rows: '24' })
    terminal.connection.type('l')
    latest().say({ type: 'preparing', step: 'Installing packages' })
    expect(terminal.now()).toMatchObject({ phase: 'preparing', words: 'Installing packages' })
    expect(latest().sent).toEqual([])
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().text('$ ')
    terminal.connection.type('s\r')
    terminal.connection.resize({ columns: 900, rows: 30 })
    terminal.connection.end()
    expect(
      latest().sent.map((each) => (typeof each === 'string' ? each : new TextDecoder().decode(each))),
    ).toEqual([
      'l',
      '{"type":"resize","columns":80,"rows":24}',
      's\r',
      '{"type":"resize","columns":500,"rows":30}',
      '{"type":"end"}',
    ])
    expect(terminal.text()).toBe('$ ')
    expect(terminal.now()?.phase).toBe('open')
    expect(terminal.shells).toEqual(['t'])
  })

  test('comes back to its shell where it was', async () => {
    const terminal = open()
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().text('12345')
    latest().end(1001)
    await later(0)
    expect(terminal.now()).toMatchObject({ phase: 'waiting', words: 'Connection lost.' })
    await later()
    expect(FakeSocket.all).toHaveLength(2)
    expect(latest().query).toEqual({ terminal: 't', after: '5', columns: '80', rows: '24' })
    // The server sends a little again.
    latest().say({ type: 'attached', terminal: 't', offset: 3 })
    latest().text('4')
    latest().text('567')
    expect(terminal.text()).toBe('1234567')
    expect(terminal.notes).toEqual([])
  })

  test('says what was forgotten, and empties itself for another shell', async () => {
    const terminal = open()
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().text('12345')
    latest().end()
    await later()
    latest().say({ type: 'attached', terminal: 't', offset: 100 })
    expect(terminal.notes).toEqual(['missing 95'])
    latest().text('x')
    latest().end()
    terminal.connection.type('rm -r data\r')
    await later()
    expect(latest().query.after).toBe('101')
    latest().say({ type: 'attached', terminal: 'u', offset: 0 })
    expect(terminal.notes).toEqual(['missing 95', 'reset'])
    // What was typed for the old shell does not go to the new one.
    expect(latest().sent).toEqual(['{"type":"resize","columns":80,"rows":24}'])
    expect(terminal.shells).toEqual(['t', 't', 'u'])
  })

  test('a shell of an earlier visit begins where the server still knows it', () => {
    const terminal = open('t')
    expect(latest().query).toMatchObject({ terminal: 't', after: '0' })
    latest().say({ type: 'attached', terminal: 't', offset: 4_000 })
    latest().text('end')
    expect(terminal.notes).toEqual([])
    expect(terminal.text()).toBe('end')
  })

  test.each([
    [4401, 'You are signed out. Sign in again to use the terminal.'],
    [4403, 'You may no longer use the terminal of this project.'],
  ])('is over when it is closed with %i', async (code, words) => {
    const terminal = open()
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().end(code)
    await later(120_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(terminal.now()).toMatchObject({ phase: 'failed', words })
  })

  test.each([
    [{ type: 'ended', reason: 'The shell ended with 0.' }, 'ended', 'The shell ended with 0.'],
    [{ type: 'failed', message: 'The machine has no shell.' }, 'failed', 'The machine has no shell.'],
  ])('is over when the server says so', async (event, phase, words) => {
    const terminal = open()
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().say(event)
    latest().end()
    await later(120_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(terminal.now()).toMatchObject({ phase, words })
    expect(terminal.shells).toEqual(['t', null])
  })

  test('waits longer each time that the server cannot be reached, and not at all when asked', async () => {
    const terminal = open()
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      latest().end()
      await later(0)
      waits.push((terminal.now()?.retryAt ?? 0) - Date.now())
      await later()
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits[3]).toBeGreaterThan(waits[0] ?? 0)
    latest().end()
    await later(0)
    const before = FakeSocket.all.length
    terminal.connection.tryNow()
    await later(0)
    expect(FakeSocket.all).toHaveLength(before + 1)
  })

  test('rests when more comes than can be shown, and loses nothing by it', async () => {
    const terminal = open()
    latest().say({ type: 'attached', terminal: 't', offset: 0 })
    latest().text('12')
    terminal.connection.rest()
    expect(latest().closed).toBe(true)
    latest().text('345')
    await later(60_000)
    expect(FakeSocket.all).toHaveLength(1)
    terminal.connection.resume()
    await later(0)
    expect(latest().query.after).toBe('2')
    latest().say({ type: 'attached', terminal: 't', offset: 2 })
    latest().text('345')
    expect(terminal.text()).toBe('12345')
  })

  test('what only a newer server says, and what is broken, changes nothing', () => {
    const terminal = open()
    latest().say({ type: 'from_the_future' })
    latest().say({ type: 'attached', terminal: 't' })
    latest().onmessage?.({ data: '{' })
    expect(terminal.status).toEqual([])
  })

  test('is silent once it is closed', async () => {
    const terminal = open()
    terminal.connection.close()
    latest().end()
    await later()
    expect(FakeSocket.all).toHaveLength(1)
    expect(terminal.status).toEqual([])
  })

  test('shows each byte once, however often the connection breaks', async () => {
    const round = fc.record({
      sent: fc.nat({ max: 40 }),
      again: fc.nat({ max: 10 }),
      pieces: fc.integer({ min: 1, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(round, { minLength: 1, maxLength: 8 }),
        async (all, rounds) => {
          FakeSocket.all = []
          const terminal = open()
          const send = (socket: FakeSocket, to: number, again: number, pieces: number) => {
            const from = Math.max(0, Number(socket.query.after ?? 0) - again)
            socket.say({ type: 'attached', terminal: 't', offset: from })
            const bytes = all.slice(from, to)
            const size = Math.max(1, Math.ceil(bytes.length / pieces))
            for (let at = 0; at < bytes.length; at += size) socket.bytes(bytes.slice(at, at + size))
          }
          let at = 0
          for (const { sent, again, pieces } of rounds) {
            at = Math.min(all.length, at + sent)
            send(latest(), at, again, pieces)
            latest().end()
            await later()
          }
          send(latest(), all.length, 2, 3)
          terminal.connection.close()
          expect(terminal.bytes).toEqual([...all])
        },
      ),
      { numRuns: 50 },
    )
  })
})
