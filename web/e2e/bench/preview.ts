/** `cargo xtask bench preview`: how soon an app that is written is seen, and an edit of it. */
import { readdirSync, readFileSync } from 'node:fs'

import { type BrowserContext, chromium, type Page, type Request } from '@playwright/test'

import { Api } from '../support/api.js'
import { launchOptions } from '../support/chromium.js'
import { Server } from '../support/server.js'
import { counter, PLAIN, REACT } from './fixtures.js'
import { type Figure, report } from './report.js'

const RUNS = Number(process.argv[2] ?? 7)
const EDITS = 50
/** Packages are fetched from the registry and bundled for the first project. */
const BUNDLING_MS = 180_000

/** Time that a process and its threads have spent on a processor, in milliseconds. */
function processorTime(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread ended meanwhile.
      return 0
    }
  })
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

async function project(api: Api, files: Record<string, string>): Promise<string> {
  const made = await api.send<{ project: { id: string } }>('POST', '/api/projects', { name: 'Bench' })
  for (const [path, content] of Object.entries(files)) await api.save(made.project.id, path, content)
  return made.project.id
}

/** A page of the app's origin, small enough to cost nothing, that holds previews as the workspace does. */
async function host(context: BrowserContext, site: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${site}/api/instance`)
  return page
}

/** From asking for the preview of files that are written to the frame's own word that it has painted. */
const firstPaint = (page: Page, id: string, withinMs = 20_000): Promise<number> =>
  page.evaluate(
    async ({ project, limit }) => {
      for (const old of document.querySelectorAll('iframe')) old.remove()
      const session = (await (await fetch('/api/auth/session')).json()) as { csrf_token: string }
      const headers = { 'x-csrf-token': session.csrf_token }
      const started = performance.now()
      const response = await fetch(`/api/projects/${project}/sandbox`, { method: 'POST', headers })
      const { url } = (await response.json()) as { url: string }
      return new Promise<number>((resolve, reject) => {
        const heard = new AbortController()
        setTimeout(() => reject(new Error(`not painted in ${limit} ms`)), limit)
        window.addEventListener(
          'message',
          ({ data }: MessageEvent<{ type?: string }>) => {
            if (data.type !== 'painted') return
            heard.abort()
            resolve(performance.now() - started)
          },
          { signal: heard.signal },
        )
        const frame = document.createElement('iframe')
        frame.src = url
        frame.style.cssText = 'width:1000px;height:700px;border:0'
        document.body.append(frame)
      })
    },
    { project: id, limit: withinMs },
  )

/** From sending the save to the frame's own word that the new text is painted. */
const editPaint = (page: Page, id: string, path: string, content: string): Promise<number> =>
  page.evaluate(
    async ({ project, file, text }) => {
      const heard = new AbortController()
      const painted = new Promise<void>((resolve, reject) => {
        setTimeout(() => reject(new Error('not updated in 20 s')), 20_000)
        window.addEventListener(
          'message',
          ({ data }: MessageEvent<{ type?: string }>) => {
            if (data.type !== 'hot-done') return
            heard.abort()
            resolve()
          },
          { signal: heard.signal },
        )
      })
      const session = (await (await fetch('/api/auth/session')).json()) as { csrf_token: string }
      const started = performance.now()
      const saved = fetch(`/api/projects/${project}/files/${file}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token },
        body: JSON.stringify({ text: { encoding: 'utf8', content: text } }),
      })
      await painted
      const took = performance.now() - started
      await saved
      return took
    },
    { project: id, file: path, text: content },
  )

const server = await Server.start({ env: { QUICKVIBE_OFFLINE: 'false', QUICKVIBE_LOG: 'warn' } })
const browser = await chromium.launch(launchOptions())
try {
  const signing = await browser.newContext()
  const api = new Api(signing.request, server.url)
  await api.signIn(server.token)
  const storageState = await signing.storageState()
  const fresh = () => browser.newContext({ storageState })

  // What every measured project needs is bundled on the server before: that is once in a server's life.
  const first = await project(api, REACT)
  const warmUp = await fresh()
  const { diagnostics } = await api.preview(first)
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(diagnostics))
  await firstPaint(await host(warmUp, server.url), first, BUNDLING_MS)
  await warmUp.close()

  const plain: number[] = []
  const cold: number[] = []
  const warm: number[] = []
  const edit: number[] = []
  const bytes: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const plainProject = await project(api, PLAIN)
    const plainContext = await fresh()
    plain.push(await firstPaint(await host(plainContext, server.url), plainProject))
    await plainContext.close()

    const [one, two] = [await project(api, REACT), await project(api, REACT)]
    const context = await fresh()
    const page = await host(context, server.url)
    const requests: Request[] = []
    const note = (request: Request) => requests.push(request)
    context.on('requestfinished', note)
    cold.push(await firstPaint(page, one))
    context.off('requestfinished', note)
    const served = requests.filter((request) => request.url().includes('.preview.localhost'))
    const sizes = await Promise.all(served.map((request) => request.sizes()))
    bytes.push(sizes.reduce((sum, size) => sum + size.responseBodySize, 0) / 1000)
    warm.push(await firstPaint(page, two))

    const button = page.frameLocator('iframe').locator('#counter')
    for (let click = 0; click < 3; click += 1) await button.click()
    edit.push(await editPaint(page, two, 'src/components/Counter.tsx', counter(`Clicks ${run}`)))
    const text = await button.textContent()
    if (text !== `Clicks ${run}: 3`) throw new Error(`the state was lost: ${text ?? 'nothing'}`)
    await context.close()
  }

  const context = await fresh()
  const page = await host(context, server.url)
  await firstPaint(page, first)
  await editPaint(page, first, 'src/components/Counter.tsx', counter('Before'))
  const before = processorTime(server.pid)
  for (let i = 0; i < EDITS; i += 1)
    await editPaint(page, first, 'src/components/Counter.tsx', counter(`Edit ${i}`))
  const perEdit = (processorTime(server.pid) - before) / EDITS
  await context.close()

  const figures: Figure[] = [
    { name: 'React, cold', unit: 'ms', values: cold, limit: 800 },
    { name: 'React, warm', unit: 'ms', values: warm, limit: 500 },
    { name: 'edit, state kept', unit: 'ms', values: edit, limit: 60 },
    { name: 'plain HTML, cold', unit: 'ms', values: plain, limit: 200 },
    { name: 'server CPU per edit', unit: 'ms', values: [perEdit], limit: 1, digits: 2 },
    { name: 'served, React, cold', unit: 'kB', values: bytes, limit: null },
  ]
  report(
    'Preview: files ready -> painted',
    browser.version(),
    [
      `Medians of ${RUNS} (min-max). The app: 15 modules, React 19, TypeScript, Tailwind 4, lucide-react, recharts.`,
      'Each run has new projects, so the server compiles them afresh; their packages were bundled before, once.',
      'cold: a new browser context with empty caches; from POST .../sandbox to the frame reporting two frames after',
      'its first content. warm: another new project in the same context, so packages come from the HTTP cache.',
      'edit: three clicks, then a changed component; from sending the save to two frames after the update; the count',
      `must still be 3. CPU: all threads of the server over ${EDITS} such edits: save, version, compile, push.`,
      'served: encoded bodies of all that the preview and package origins sent (brotli).',
    ],
    figures,
  )
} finally {
  await browser.close()
  await server.stop()
}
