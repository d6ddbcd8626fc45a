import { http, HttpResponse, type HttpHandler } from 'msw'

import { type CheckRun, type Finding, type MeantChange, type SmokeCheckState } from '@/api/generated/wire'

import { type MockDb, type ProjectState } from './db'
import { notFound, problem } from './problem'
import { type Within } from './projectHandlers'

type Params = { id: string }

const isCheck = (path: string) => /^checks\/[^/]+\.check$/.test(path)

/** A check as the server reads it: the first line that begins with `#` names it, the others are steps. */
function checkOf(state: ProjectState, path: string, text: string): SmokeCheckState {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const name = lines.find((line) => line.startsWith('#'))?.replace(/^#\s*/, '')
  const steps = lines.filter((line) => !line.startsWith('#'))
  const fault =
    name === undefined
      ? 'line 1: begin with the check’s name, such as `# Add a task`'
      : steps.length === 0
        ? 'line 1: no step follows: write one, such as `open "/"`'
        : null
  const seen = state.smoke.get(path)
  return {
    path,
    name: fault === null ? (name ?? path) : path,
    steps: fault === null ? steps : [],
    fault,
    last: seen?.result ?? null,
    last_at: seen?.at ?? null,
  }
}

const checksOf = (state: ProjectState) =>
  [...state.files]
    .filter(([path]) => isCheck(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => checkOf(state, path, text))

/** Carries the checks out: a text that one wants to see is looked for in the project's files. */
function run(state: ProjectState): CheckRun {
  const sources = [...state.files].filter(([path]) => !isCheck(path)).map(([, text]) => text)
  const smoke = checksOf(state)
    .filter((check) => check.fault === null)
    .map(({ path, name, steps }) => {
      const missed = steps.findIndex((step) => {
        const wanted = /^see "(.*)"$/.exec(step)?.[1]
        return wanted !== undefined && !sources.some((text) => text.includes(wanted))
      })
      const before = state.smoke.get(path)?.result
      const result = {
        path,
        name,
        ok: missed < 0,
        ok_before: before?.ok ?? null,
        message: missed < 0 ? '' : `Step ${missed + 1}, ${steps[missed] ?? ''}: the page does not show it.`,
        duration_ms: 240,
      }
      state.smoke.set(path, { result, at: new Date().toISOString() })
      return result
    })
  return { diagnostics: state.diagnostics, smoke, screenshot: PICTURE }
}

/** A picture of the sample app. */
const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400"><rect width="640" height="400" fill="#14161f"/><text x="320" y="215" fill="#f4f2ee" font-size="64" font-family="sans-serif" text-anchor="middle">25:00</text></svg>',
)}`

const RANK: Record<Finding['level'], number> = { critical: 0, warning: 1, note: 2 }

/** Smoke checks and findings. */
export function checkHandlers(db: MockDb, within: Within): HttpHandler[] {
  return [
    http.get<Params>(
      '/api/projects/:id/checks',
      within((state) =>
        HttpResponse.json({ items: checksOf(state), browser: db.browser, left_out: db.checksLeftOut }),
      ),
    ),
    http.post<Params>(
      '/api/projects/:id/checks/run',
      within((state) =>
        db.browser === null ? HttpResponse.json(run(state)) : problem(503, 'unavailable', db.browser),
      ),
    ),
    http.post<Params>(
      '/api/projects/:id/checks/meant',
      within(async (state, { request }) => {
        const { path } = (await request.json()) as MeantChange
        if (!state.files.delete(path)) return notFound()
        state.smoke.delete(path)
        db.addVersion(state, 'edit', `Delete ${path}: the change was meant`, true)
        return new HttpResponse(null, { status: 204 })
      }),
    ),
    http.get<Params>(
      '/api/projects/:id/findings',
      within((state) =>
        HttpResponse.json({
          items: state.findings.toSorted((a, b) => RANK[a.level] - RANK[b.level]),
          blocks_publishing: state.findings.some((each) => each.level === 'critical'),
        }),
      ),
    ),
  ]
}
