import { http, HttpResponse, type HttpHandler } from 'msw'

import { changed } from '@/api/queue'
import {
  type ChangeQueued,
  type FileDiff,
  type QueuedMessage,
  type StartTurn,
  type Suggestion,
} from '@/api/generated/wire'

import { newId, type MockDb, type ProjectState } from './db'
import { notFound, problem } from './problem'
import { type Within } from './projectHandlers'
import { diffOf } from './diff'

type Params = { id: string }
type OfMessage = Params & { message: string }
type OfSuggestion = Params & { suggestion: string }

/** A change that the agent wanted to make to a file that a person had written meanwhile. */
export interface MockSuggestion {
  id: string
  path: string
  find: string
  replace: string
}

/** A change to a file's first line that a person has to decide about. */
export function suggest(state: ProjectState, path: string) {
  const [line = ''] = (state.files.get(path) ?? '').split('\n')
  state.suggestions.push({ id: newId(), path, find: line, replace: `/* The agent's own words. */\n${line}` })
}

/** Puts a message into a project's queue, as the server does. */
export function enqueue(state: ProjectState, body: StartTurn, held: string | null = null): QueuedMessage {
  const queued: QueuedMessage = {
    id: newId(),
    position: state.queue.length + 1,
    text: body.message,
    mode: body.mode ?? 'build',
    model: body.model ?? null,
    images: body.images?.length ?? 0,
    author: 'Ada',
    held,
    created_at: new Date().toISOString(),
  }
  state.queue.push(queued)
  return queued
}

/** Begins the next waiting message's turn where nothing runs. */
export function sendNext(db: MockDb, state: ProjectState) {
  const [next, ...rest] = state.queue
  if (next?.held !== null || state.project.active_generation !== null) return
  state.queue = rest.map((each, i) => ({ ...each, position: i + 1 }))
  db.startTurn(state, next.text, next.mode, [], next.model ?? undefined)
}

function suggestionOf(state: ProjectState, { id, path, find, replace }: MockSuggestion): Suggestion {
  const now = state.files.get(path) ?? ''
  const fits = now.includes(find)
  const diff = diffOf(0, new Map([[path, now]]), 0, new Map([[path, now.replace(find, replace)]]))
  return {
    id,
    generation_id: '0192f000-0000-7000-8000-00000000abcd',
    path,
    hunks: (fits ? diff.files[0] : undefined)?.hunks ?? ([] satisfies FileDiff['hunks']),
    fits,
    created_at: new Date().toISOString(),
  }
}

/** The queue, edits of earlier messages, and suggestions. */
export function chatHandlers(db: MockDb, within: Within): HttpHandler[] {
  const busy = (state: ProjectState) =>
    state.project.active_generation === null
      ? null
      : problem(409, 'busy', 'The agent is still at work on this project. Wait or stop it.')
  const none = () => new HttpResponse(null, { status: 204 })

  return [
    http.get<Params>(
      '/api/projects/:id/queue',
      within((state) =>
        HttpResponse.json({ items: state.queue, active_generation: state.project.active_generation }),
      ),
    ),
    http.post<Params>(
      '/api/projects/:id/queue',
      within(async (state, { request }) => {
        const queued = enqueue(state, (await request.json()) as StartTurn)
        sendNext(db, state)
        return HttpResponse.json(queued, { status: 201 })
      }),
    ),
    http.patch<OfMessage>(
      '/api/projects/:id/queue/:message',
      within(async (state, { params, request }) => {
        if (!state.queue.some((each) => each.id === params.message)) return notFound()
        state.queue = changed(state.queue, params.message, (await request.json()) as ChangeQueued)
        const answer = state.queue.find((each) => each.id === params.message)
        sendNext(db, state)
        return HttpResponse.json(answer)
      }),
    ),
    http.delete<OfMessage>(
      '/api/projects/:id/queue/:message',
      within((state, { params }) => {
        const rest = state.queue.filter((each) => each.id !== params.message)
        if (rest.length === state.queue.length) return notFound()
        state.queue = rest.map((each, i) => ({ ...each, position: i + 1 }))
        sendNext(db, state)
        return none()
      }),
    ),
    http.post<OfMessage>(
      '/api/projects/:id/messages/:message/edit',
      within(async (state, { params, request }) => {
        const at = state.messages.find((each) => each.id === params.message)
        if (at?.role !== 'user' || at.set_aside) return notFound()
        const refused = busy(state)
        if (refused) return refused
        const body = (await request.json()) as StartTurn
        const before = state.versions.find((version) => version.created_at < at.created_at)
        setAside(state, at.seq)
        if (before && before.number !== state.project.head_version) {
          state.files = new Map(state.snapshots.get(before.number))
          db.addVersion(state, 'restore', `Back to before “${at.text.slice(0, 40)}”`, before.verified)
        }
        return HttpResponse.json(db.startTurn(state, body.message, body.mode, [], body.model), {
          status: 202,
        })
      }),
    ),
    http.get<Params>(
      '/api/projects/:id/suggestions',
      within((state) =>
        HttpResponse.json({ items: state.suggestions.map((each) => suggestionOf(state, each)) }),
      ),
    ),
    http.post<OfSuggestion>(
      '/api/projects/:id/suggestions/:suggestion/apply',
      within((state, { params }) => {
        const wanted = state.suggestions.find((each) => each.id === params.suggestion)
        if (!wanted) return notFound()
        const now = state.files.get(wanted.path) ?? ''
        if (!now.includes(wanted.find)) {
          return problem(
            409,
            'conflict',
            'The place in the file is gone. Leave the change, or ask for it anew.',
          )
        }
        state.files.set(wanted.path, now.replace(wanted.find, wanted.replace))
        state.suggestions = state.suggestions.filter((each) => each !== wanted)
        return HttpResponse.json(db.addVersion(state, 'edit', `Take a change to ${wanted.path}`, true))
      }),
    ),
    http.delete<OfSuggestion>(
      '/api/projects/:id/suggestions/:suggestion',
      within((state, { params }) => {
        state.suggestions = state.suggestions.filter((each) => each.id !== params.suggestion)
        return none()
      }),
    ),
  ]
}

/** The chat goes on from before this message. */
export function setAside(state: ProjectState, seq: number) {
  for (const message of state.messages) if (message.seq >= seq) message.set_aside = true
}
