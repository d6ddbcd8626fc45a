/** `cargo xtask bench start`: how soon the server answers, what it holds, and how soon its first page is seen. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Browser, chromium } from '@playwright/test'

import { Api } from '../support/api.js'
import { launchOptions } from '../support/chromium.js'
import { Server } from '../support/server.js'
import { report } from './report.js'

const RUNS = Number(process.argv[2] ?? 7)
const IDLE_MS = 5_000

function status(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

/** From starting the process to its first 200, in milliseconds. */
async function started(data: string): Promise<number> {
  const from = performance.now()
  const server = await Server.start({ data })
  if ((await status(`${server.url}/`)) !== 200) throw new Error('not ready')
  const took = performance.now() - from
  await server.stop()
  return took
}

/** Memory of a process that is its own or its share of what is shared, in MB (10^6 bytes). */
async function memory(pid: number): Promise<{ rss: number; pss: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) * 1024) / 1e6
  return { rss: of('Rss'), pss: of('Pss') }
}

interface FirstPage {
  lcp: number
  scripts: string[]
}

async function firstPage(
  browser: Browser,
  server: Server,
  api: Api | null,
  state: object | undefined,
): Promise<FirstPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...(state && { storageState: state as never }),
  })
  const page = await context.newPage()
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.goto(`${server.url}/${api ? '' : 'login'}`)
  await page.waitForLoadState('networkidle')
  const lcp = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  await context.close()
  return { lcp, scripts: [...scripts] }
}

/** What a script is on the wire, in KiB. */
async function gzipped(urls: string[]): Promise<number> {
  const sizes = await Promise.all(
    urls.map(
      (url) =>
        new Promise<number>((resolve, reject) => {
          get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
            let size = 0
            if (response.headers['content-encoding'] !== 'gzip') reject(new Error(`${url} is not compressed`))
            response.on('data', (bytes: Buffer) => (size += bytes.length))
            response.on('end', () => resolve(size))
          }).on('error', reject)
        }),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}

const folders: string[] = []
const scratch = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quickvibe-bench-'))
  folders.push(folder)
  return folder
}
const browser = await chromium.launch(launchOptions())
const server = await Server.start({ env: { QUICKVIBE_LOG: 'warn' } })
try {
  const first: number[] = []
  const again: number[] = []
  const kept = await scratch()
  await started(kept)
  for (let run = 0; run < RUNS; run += 1) {
    first.push(await started(await scratch()))
    again.push(await started(kept))
  }

  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const idle = await memory(server.pid)

  const signing = await browser.newContext()
  const api = new Api(signing.request, server.url)
  const login: FirstPage[] = []
  const home: FirstPage[] = []
  await api.signIn(server.token)
  const state = await signing.storageState()
  for (let run = 0; run < RUNS; run += 1) {
    login.push(await firstPage(browser, server, null, undefined))
    home.push(await firstPage(browser, server, api, state))
  }
  const used = await memory(server.pid)
  const scripts = await gzipped(home[0]?.scripts ?? [])

  report(
    'Start: server, memory, first page',
    browser.version(),
    [
      `Medians of ${RUNS} (min-max).`,
      'start: from starting the process to the answer 200 of GET /; first: the data folder is made and the',
      'database migrated; again: both are there. memory: smaps_rollup five seconds after the start, nothing asked.',
      'JavaScript: every script that the home page asks for until the network is idle, as sent with gzip.',
      'LCP: of a new browser context with empty caches each time.',
    ],
    [
      { name: 'start, again', unit: 'ms', values: again, limit: 150 },
      { name: 'start, first', unit: 'ms', values: first, limit: 150 },
      { name: 'idle memory (RSS)', unit: 'MB', values: [idle.rss], limit: 40, digits: 1 },
      { name: 'idle memory (PSS)', unit: 'MB', values: [idle.pss], limit: null, digits: 1 },
      { name: 'memory after the pages below (RSS)', unit: 'MB', values: [used.rss], limit: null, digits: 1 },
      { name: 'JavaScript of the home page', unit: 'KiB', values: [scripts], limit: 200, digits: 1 },
      { name: 'LCP, home page', unit: 'ms', values: home.map(({ lcp }) => lcp), limit: 1200 },
      { name: 'LCP, sign-in page', unit: 'ms', values: login.map(({ lcp }) => lcp), limit: 1200 },
    ],
  )
} finally {
  await browser.close()
  await server.stop()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
}
