import { http, HttpResponse, ws, type HttpHandler, type WebSocketHandler } from 'msw'

import {
  type ChooseEngine,
  type EngineKind,
  type EngineOverview,
  type Machine,
  type PreviewAddress,
  type Sandbox,
  type SandboxOutput,
  type TerminalEvent,
} from '@/api/generated/wire'

import { newId, type MockDb, type ProjectState } from './db'
import { notFound, problem } from './problem'

type Params = { id: string }
const GB = 1_000_000_000

export function machineOf(change: Partial<Machine> = {}): Machine {
  return {
    id: newId(),
    engine: 'local',
    state: 'running',
    step: null,
    server: 'Express',
    serving: true,
    memory_bytes: 182_000_000,
    memory_limit_bytes: 1.5 * GB,
    disk_bytes: 312_000_000,
    disk_limit_bytes: 2 * GB,
    seconds_this_month: 4_380,
    cost_nanousd: 0,
    used_at: new Date(Date.now() - 20_000).toISOString(),
    ...change,
  }
}

/** An app whose files run in the browser. */
export const inBrowser = (): Sandbox => ({
  engine: 'browser',
  reason: 'The app has no server of its own, so it runs in your browser.',
  chosen: null,
  passed: [
    { engine: 'local', why: 'Nothing in it needs a server.' },
    { engine: 'daytona', why: 'No Daytona account is connected here.' },
  ],
  machine: null,
})

/** An app that needs a server, on one. */
export const onServer = (change: Partial<Machine> = {}): Sandbox => ({
  engine: 'local',
  reason: 'package.json starts a server (node server.js), so the app runs on this server.',
  chosen: null,
  passed: [
    { engine: 'browser', why: 'A browser cannot run a Node server.' },
    { engine: 'daytona', why: 'No Daytona account is connected here.' },
  ],
  machine: machineOf(change),
})

export const LOG: [source: SandboxOutput['source'], text: string][] = [
  ['quickvibe', 'The machine is ready after 9 ms.\n'],
  ['install', '\x1b[1mnpm\x1b[22m ci\n'],
  ['install', '\x1b[32madded 66 packages\x1b[39m in 1.2s\n'],
  ['server', '> notes@1.0.0 start\n> node server.js\n\n'],
  ['server', 'Listening on \x1b[36mhttp://localhost:\x1b[1m3000\x1b[22m/\x1b[39m\n'],
  ['server', '\x1b[2mGET\x1b[22m /api/notes \x1b[32m200\x1b[39m 3 ms\n'],
  [
    'server',
    "\x1b[41m\x1b[30m ERROR \x1b[39m\x1b[49m \x1b[31mTypeError: Cannot read properties of undefined (reading 'text')\x1b[39m\n",
  ],
  [
    'server',
    '    at /home/app/server.js:\x1b[33m21\x1b[39m:30\n    at Layer.handleRequest (router/lib/layer.js:152:17)\n',
  ],
  ['server', '\x1b[2mPOST\x1b[22m /api/notes \x1b[31m500\x1b[39m 2 ms\n'],
]

const outputs = (): SandboxOutput[] =>
  LOG.map(([source, text], i) => ({
    seq: i + 1,
    at: new Date(Date.now() - (LOG.length - i) * 700).toISOString(),
    source,
    text,
  }))

/** Where the app runs, its machine, its log and its terminal. */
export function sandboxHandlers(db: MockDb): (HttpHandler | WebSocketHandler)[] {
  const within =
    (run: (state: ProjectState, request: Request) => Response | Promise<Response>) =>
    ({ params, request }: { params: Params; request: Request }) => {
      const state = db.projects.get(params.id)
      return state ? run(state, request) : notFound()
    }
  const change = (state: ProjectState, to: Partial<Machine>) => {
    const { machine } = state.sandbox
    if (machine) state.sandbox = { ...state.sandbox, machine: { ...machine, ...to } }
    return HttpResponse.json(state.sandbox)
  }
  return [
    http.post<Params>(
      '/api/projects/:id/sandbox',
      within((state) => {
        const { engine, reason } = state.sandbox
        const ticket = engine === 'local' || engine === 'daytona' ? `?ticket=${newId()}` : ''
        return HttpResponse.json({
          engine: engine ?? 'browser',
          reason,
          mode: ticket === '' ? 'opaque' : 'origin',
          url: `${window.location.origin}/mock-preview.html${ticket}`,
          origin: ticket === '' ? 'null' : window.location.origin,
          diagnostics: [],
        } satisfies PreviewAddress)
      }),
    ),
    http.post('/api/projects/:id/sandbox/reports', () => new HttpResponse(null, { status: 204 })),
    http.get<Params>(
      '/api/projects/:id/sandbox',
      within((state) => HttpResponse.json(state.sandbox)),
    ),
    http.put<Params>(
      '/api/projects/:id/sandbox/engine',
      within(async (state, request) => {
        const { engine } = (await request.json()) as ChooseEngine
        if (engine === 'daytona') {
          return problem(409, 'conflict', 'Your plan does not include Daytona. Ask whoever runs this server.')
        }
        state.sandbox = { ...chosenOf(engine), chosen: engine }
        return HttpResponse.json(state.sandbox)
      }),
    ),
    http.post<Params>(
      '/api/projects/:id/sandbox/stop',
      within((state) => change(state, { state: 'stopped', serving: false, memory_bytes: null })),
    ),
    http.post<Params>(
      '/api/projects/:id/sandbox/restart',
      within((state) => change(state, { state: 'running', serving: true, memory_bytes: 96_000_000 })),
    ),
    http.delete<Params>(
      '/api/projects/:id/sandbox/machine',
      within((state) => {
        state.sandbox = { ...state.sandbox, machine: null }
        return new HttpResponse(null, { status: 204 })
      }),
    ),
    http.get<Params>('/api/projects/:id/sandbox/log', ({ request }) => log(request)),
    ...adminHandlers(db),
    terminal(),
  ]
}

function chosenOf(engine: EngineKind | null): Sandbox {
  if (engine === 'local') return { ...onServer(), reason: 'You chose this server.' }
  if (engine === 'webcontainer') return { ...inBrowser(), engine, reason: 'You chose WebContainer.' }
  return inBrowser()
}

/** The log so far, and then nothing but silence. */
function log(request: Request): Response {
  const after = Number(new URL(request.url).searchParams.get('after') ?? 0)
  const text = outputs()
    .filter(({ seq }) => seq > after)
    .map((each) => `id: ${each.seq}\nevent: output\ndata: ${JSON.stringify(each)}\n\n`)
    .join('')
  let beat: ReturnType<typeof setInterval>
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text === '' ? ':\n\n' : text))
      beat = setInterval(() => controller.enqueue(new TextEncoder().encode(':\n\n')), 10_000)
    },
    cancel: () => clearInterval(beat),
  })
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } })
}

export function engineOf(engine: EngineKind, change: Partial<EngineOverview> = {}): EngineOverview {
  return {
    engine,
    ready: true,
    note: '',
    running: 0,
    most_running: null,
    memory_bytes: 0,
    memory_limit_bytes: null,
    seconds_this_month: 0,
    cost_nanousd: 0,
    ...change,
  }
}

function adminHandlers(db: MockDb): HttpHandler[] {
  const entries = () =>
    [...db.projects.values()].flatMap(({ project, sandbox: { machine } }) =>
      machine
        ? [{ project_id: project.id, project_name: project.name, owner: 'ada@example.org', machine }]
        : [],
    )
  return [
    http.get('/api/admin/sandboxes', () => {
      const sandboxes = entries()
      const running = sandboxes.filter(({ machine }) => machine.state === 'running')
      return HttpResponse.json({
        engines: [
          engineOf('browser', { note: 'Apps without a server run in the visitor’s browser.' }),
          engineOf('local', {
            note: 'Isolated by namespaces, Landlock, seccomp and cgroups v2.',
            running: running.length,
            most_running: 8,
            memory_bytes: running.length * 1.5 * GB,
            memory_limit_bytes: 12 * GB,
            seconds_this_month: 96_400,
          }),
          engineOf('daytona', {
            ready: false,
            note: 'No account is connected. Set QUICKVIBE_DAYTONA_API_KEY to use it.',
          }),
        ],
        sandboxes,
      })
    }),
    http.post<Params>('/api/admin/sandboxes/:id/stop', ({ params }) => {
      const state = [...db.projects.values()].find(({ sandbox }) => sandbox.machine?.id === params.id)
      if (!state?.sandbox.machine) return notFound()
      state.sandbox = {
        ...state.sandbox,
        machine: { ...state.sandbox.machine, state: 'stopped', memory_bytes: null },
      }
      return new HttpResponse(null, { status: 204 })
    }),
  ]
}

const FILES = '\x1b[1;34mnode_modules\x1b[0m  package.json  \x1b[1;34mpublic\x1b[0m  server.js\r\n'

const link = ws.link(/\/api\/projects\/[^/]+\/terminal/)

/** A shell that knows three words. */
function terminal(): WebSocketHandler {
  return link.addEventListener('connection', ({ client }) => {
    const encoder = new TextEncoder()
    const say = (event: TerminalEvent) => client.send(JSON.stringify(event))
    const write = (text: string) => client.send(encoder.encode(text).buffer)
    const prompt = () => write('\x1b[32mapp\x1b[0m:\x1b[34m~\x1b[0m$ ')
    let line = ''
    say({ type: 'attached', terminal: newId(), offset: 0 })
    prompt()
    client.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') {
        if (data.includes('"end"')) say({ type: 'ended', reason: 'You ended the shell.' })
        return
      }
      const typed = new TextDecoder().decode(data as ArrayBuffer)
      for (const char of typed) {
        if (char !== '\r') {
          line += char
          write(char)
          continue
        }
        write('\r\n')
        if (line === 'ls') write(FILES)
        else if (line === 'exit') say({ type: 'ended', reason: 'The shell ended with 0.' })
        else if (line !== '') write(`\x1b[31m${line}: command not found\x1b[0m\r\n`)
        line = ''
        prompt()
      }
    })
  })
}
