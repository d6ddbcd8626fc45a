import { http, HttpResponse, type HttpHandler } from 'msw'

import {
  type AnswerPermission,
  type Message,
  type RestoreVersion,
  type SaveFile,
  type StartTurn,
  type UpdateProject,
} from '@/api/generated/wire'

import { chatHandlers, setAside } from './chatHandlers'
import { checkHandlers } from './checkHandlers'
import { type MockDb, type ProjectState } from './db'
import { diffOf } from './diff'
import { notFound, problem } from './problem'
import { sse } from './sse'

type Params = { id: string }

/** Projects, files, chat, generations, versions and the preview. */
export function projectHandlers(db: MockDb): HttpHandler[] {
  const within =
    <P extends Params>(
      run: (state: ProjectState, context: { params: P; request: Request }) => Response | Promise<Response>,
    ) =>
    ({ params, request }: { params: P; request: Request }) => {
      const state = db.projects.get(params.id)
      return state ? run(state, { params, request }) : notFound()
    }
  const page = (items: object[]) => HttpResponse.json({ items, next_cursor: null })

  return [
    http.get('/api/projects', ({ request }) => {
      const q = new URL(request.url).searchParams.get('q')?.toLowerCase() ?? ''
      return page(
        [...db.projects.values()]
          .map((s) => s.project)
          .filter((p) => p.name.toLowerCase().includes(q))
          .sort((a, b) => b.updated_at.localeCompare(a.updated_at)),
      )
    }),
    http.get<Params>(
      '/api/projects/:id',
      within((state) => HttpResponse.json(state.project)),
    ),
    http.patch<Params>(
      '/api/projects/:id',
      within(async (state, { request }) => {
        const body = (await request.json()) as UpdateProject
        if (body.name?.trim() === '') {
          return problem(400, 'invalid', 'The name is not right.', [
            { field: 'name', message: 'Give the project a name of 1 to 80 characters.' },
          ])
        }
        Object.assign(state.project, body)
        return HttpResponse.json(state.project)
      }),
    ),
    http.delete<Params>(
      '/api/projects/:id',
      within((state) => {
        db.projects.delete(state.project.id)
        return new HttpResponse(null, { status: 204 })
      }),
    ),
    ...fileHandlers(db, within),
    http.get<Params>(
      '/api/projects/:id/messages',
      within((state) => page(state.messages)),
    ),
    http.post<Params>(
      '/api/projects/:id/turns',
      within(async (state, { request }) => {
        const body = (await request.json()) as StartTurn
        if (state.project.active_generation !== null) {
          return problem(409, 'busy', 'The agent is still at work on this project. Wait or stop it.')
        }
        const images = (body.images ?? []).map((i) => `data:${i.media_type};base64,${i.data}`)
        return HttpResponse.json(db.startTurn(state, body.message, body.mode, images, body.model), {
          status: 202,
        })
      }),
    ),
    ...generationHandlers(db),
    ...deadLetterHandlers(db),
    ...versionHandlers(db, within),
    ...chatHandlers(db, within),
    ...checkHandlers(db, within),
  ]
}

/** Answers where the project is there. */
export type Within = <P extends Params>(
  run: (state: ProjectState, context: { params: P; request: Request }) => Response | Promise<Response>,
) => (context: { params: P; request: Request }) => Response | Promise<Response>

function fileHandlers(db: MockDb, within: Within): HttpHandler[] {
  const pathOf = (request: Request) =>
    decodeURIComponent(new URL(request.url).pathname.split('/').slice(5).join('/'))
  return [
    http.get<Params>(
      '/api/projects/:id/files',
      within((state) =>
        HttpResponse.json({
          version: state.project.head_version,
          items: [...state.files]
            .map(([path, text]) => db.entry(path, text))
            .sort((a, b) => (a.path < b.path ? -1 : 1)),
        }),
      ),
    ),
    http.get<Params>(
      '/api/projects/:id/files/*',
      within((state, { request }) => {
        const path = pathOf(request)
        const content = state.files.get(path)
        if (content === undefined) return notFound()
        return HttpResponse.json({ file: db.entry(path, content), text: { encoding: 'utf8', content } })
      }),
    ),
    http.put<Params>(
      '/api/projects/:id/files/*',
      within(async (state, { request }) => {
        const path = pathOf(request)
        const body = (await request.json()) as SaveFile
        const before = state.files.get(path)
        const hash = before === undefined ? '' : db.entry(path, before).hash
        if (body.base_hash !== undefined && body.base_hash !== hash) {
          return problem(409, 'conflict', `${path} has changed since you opened it.`)
        }
        state.files.set(path, body.text.content)
        const version =
          before === body.text.content ? null : db.addVersion(state, 'edit', `Edit ${path}`, true)
        return HttpResponse.json({ file: db.entry(path, body.text.content), version })
      }),
    ),
    http.delete<Params>(
      '/api/projects/:id/files/*',
      within((state, { request }) => {
        const path = pathOf(request)
        if (!state.files.delete(path)) return notFound()
        return HttpResponse.json({
          file: null,
          version: db.addVersion(state, 'edit', `Delete ${path}`, true),
        })
      }),
    ),
  ]
}

function generationHandlers(db: MockDb): HttpHandler[] {
  return [
    http.get<Params>('/api/generations/:id', ({ params }) => {
      const run = db.runs.get(params.id)
      return run ? HttpResponse.json(run.generation) : notFound()
    }),
    http.get<Params>('/api/generations/:id/events', ({ params, request }) => {
      const run = db.runs.get(params.id)
      if (!run) return notFound()
      const after = new URL(request.url).searchParams.get('after') ?? request.headers.get('last-event-id')
      return sse(run, Number(after ?? 0))
    }),
    http.post<Params>('/api/generations/:id/cancel', ({ params }) => {
      const run = db.runs.get(params.id)
      const state = run && db.projects.get(run.generation.project_id)
      if (!run || !state) return notFound()
      if (run.generation.finished_at === null) db.append(state, run, { type: 'cancelled' })
      return HttpResponse.json(run.generation)
    }),
    http.post<Params>('/api/generations/:id/permission', async ({ params, request }) => {
      const { run: id, allowed } = (await request.json()) as AnswerPermission
      const asked = db.runs.get(params.id)?.asked
      if (asked?.id !== id) {
        return problem(
          409,
          'conflict',
          'This turn is over, or was taken up by another server. Reload the page.',
        )
      }
      asked.goOn(allowed)
      return new HttpResponse(null, { status: 204 })
    }),
    http.post<Params>('/api/generations/:id/retry', ({ params }) => {
      const run = db.runs.get(params.id)
      const state = run && db.projects.get(run.generation.project_id)
      if (!run || !state) return notFound()
      const message = state.messages.find((m) => m.id === run.generation.message_id)
      return HttpResponse.json(
        db.startTurn(state, (message?.text ?? '').replace(/fail/gi, ''), run.generation.mode),
      )
    }),
  ]
}

function deadLetterHandlers(db: MockDb): HttpHandler[] {
  const decide = (id: string, state: 'retried' | 'discarded') => {
    const letter = db.letters.find((each) => each.id === id)
    if (!letter) return notFound()
    if (letter.state !== 'open') return problem(409, 'conflict', 'Somebody has decided about it already.')
    Object.assign(letter, { state, resolved_at: new Date().toISOString() })
    return letter
  }
  return [
    http.get('/api/dead-letters', ({ request }) => {
      const params = new URL(request.url).searchParams
      const items = db.letters.filter(
        (letter) =>
          (params.get('state') === 'all' || letter.state === 'open') &&
          [null, letter.project_id].includes(params.get('project')),
      )
      return HttpResponse.json({ items, next_cursor: null })
    }),
    http.post<Params>('/api/dead-letters/:id/retry', ({ params }) => {
      const letter = decide(params.id, 'retried')
      if (letter instanceof Response) return letter
      const state = db.projects.get(letter.project_id)
      return state
        ? HttpResponse.json(db.startTurn(state, 'Again', letter.payload.mode), { status: 201 })
        : notFound()
    }),
    http.delete<Params>('/api/dead-letters/:id', ({ params }) => {
      const letter = decide(params.id, 'discarded')
      return letter instanceof Response ? letter : new HttpResponse(null, { status: 204 })
    }),
  ]
}

/** The chat as it was when this message's turn was over: what came later is set aside. */
function goBackTo(state: ProjectState, asked: Message | undefined) {
  const kept = state.messages.filter((each) => each.generation?.id === asked?.generation?.id)
  const last = asked ? Math.max(0, ...kept.map((each) => each.seq)) : 0
  for (const message of state.messages) if (message.seq <= last) message.set_aside = false
  setAside(state, last + 1)
}

function versionHandlers(db: MockDb, within: Within): HttpHandler[] {
  type VersionParams = Params & { n: string }
  return [
    http.get<Params>(
      '/api/projects/:id/versions',
      within((state) => HttpResponse.json({ items: state.versions, next_cursor: null })),
    ),
    http.patch<VersionParams>(
      '/api/projects/:id/versions/:n',
      within(async (state, { params, request }) => {
        const version = state.versions.find((v) => v.number === Number(params.n))
        if (!version) return notFound()
        version.title = ((await request.json()) as { title: string }).title
        return HttpResponse.json(version)
      }),
    ),
    http.get<Params & { a: string; b: string }>(
      '/api/projects/:id/versions/:a/diff/:b',
      within((state, { params }) => {
        const from = state.snapshots.get(Number(params.a)) ?? new Map<string, string>()
        const to = state.snapshots.get(Number(params.b))
        return to ? HttpResponse.json(diffOf(Number(params.a), from, Number(params.b), to)) : notFound()
      }),
    ),
    http.post<VersionParams>(
      '/api/projects/:id/versions/:n/restore',
      within(async (state, { params, request }) => {
        const snapshot = state.snapshots.get(Number(params.n))
        if (!snapshot) return notFound()
        if (state.project.active_generation !== null) {
          return problem(409, 'busy', 'The agent is still at work on this project. Wait or stop it.')
        }
        const { chat = false } = (await request.json().catch(() => ({}))) as RestoreVersion
        if (chat) {
          const restored = state.versions.find((version) => version.number === Number(params.n))
          const asked = state.messages.find((each) => each.generation?.id === restored?.generation_id)
          goBackTo(state, asked)
        }
        state.files = new Map(snapshot)
        return HttpResponse.json(db.addVersion(state, 'restore', `Restore version ${params.n}`, true))
      }),
    ),
  ]
}
