/**
 * `cargo xtask bench quality -- --server URL --model NAME`: what becomes of turns that a real model carries out.
 *
 * Ten prompts, each a project of its own, and three follow-ups on each of the eight starters. Every turn leaves one line in
 * the records; a turn that is there is not asked for again, so a long run can be cut off and gone on with.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { loadavg, cpus } from 'node:os'
import { parseArgs } from 'node:util'

import { request } from '@playwright/test'

import {
  type CheckRun,
  type Event,
  type Generation,
  type ModelList,
  type Project,
  type ProjectCreated,
  type StarterList,
  type TurnStarted,
} from '../../src/api/generated/wire.js'
import { Api } from '../support/api.js'
import { chromiumPath } from '../support/environment.js'
import { Server } from '../support/server.js'

const PROMPTS = [
  'A counter with buttons for plus, minus and reset',
  'A to-do list that keeps its tasks when the page is loaded again',
  'A tip calculator that splits the bill between people',
  'A stopwatch with laps',
  'A landing page for a small bakery, with opening hours and a map link',
  'A quiz with five questions about the planets and a score at the end',
  'A notes app with a search field',
  'A memory game with eight pairs of cards',
  'A habit tracker for the week, with a checkbox for each day',
  'A converter between Celsius and Fahrenheit',
]

const FOLLOW_UPS = [
  'Make the main colour green',
  'Add a line at the bottom of the page that says "Made with care"',
  'Make the text of the page a little larger',
]

const TURN_MINUTES = 30

interface Case {
  id: string
  what: string
  prompt: string
  /** The starter that the project begins from; none: the prompt begins it. */
  starter: string | null
}

interface Outcome {
  id: string
  what: string
  status: string
  error: string | null
  /** No edit failed to fit, at any time. */
  clean: boolean
  changed: boolean
  /** The app as the turn left it has no error of the compiler's. */
  compiles: boolean
  /** It was opened, painted, and threw nothing; `null` where no browser was there. */
  runs: boolean | null
  verified: boolean | null
  rolled_back: boolean
  repairs: number
  input: number
  output: number
  seconds: number
}

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    server: { type: 'string' },
    model: { type: 'string' },
    records: { type: 'string', default: '../docs/quality.jsonl' },
    most: { type: 'string', default: '34' },
    minutes: { type: 'string', default: '600' },
    write: { type: 'string' },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function recorded(): Promise<Outcome[]> {
  try {
    const text = await readFile(options.records, 'utf8')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Outcome)
  } catch {
    return []
  }
}

/** All that is to be asked, prompts first. Starters come by their newest list, so that a new one is not forgotten. */
function cases(starters: StarterList): Case[] {
  const begun = PROMPTS.map((prompt, i) => ({
    id: `prompt-${i + 1}`,
    what: 'first turn',
    prompt,
    starter: null,
  }))
  const followed = starters.items.flatMap((starter) =>
    FOLLOW_UPS.map((prompt, i) => ({
      id: `${starter.id}-${i + 1}`,
      what: 'follow-up',
      prompt,
      starter: starter.id,
    })),
  )
  return [...begun, ...followed]
}

/** The whole log of a turn that is over. */
async function eventsOf(api: Api, generation: string): Promise<Event[]> {
  const text = await api.raw(`/api/generations/${generation}/events`)
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as Event)
}

async function ended(api: Api, id: string): Promise<Generation> {
  const until = Date.now() + TURN_MINUTES * 60_000
  for (;;) {
    const row = await api.send<Generation>('GET', `/api/generations/${id}`)
    if (row.finished_at !== null) return row
    if (Date.now() > until) await api.send('POST', `/api/generations/${id}/cancel`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

async function begin(api: Api, one: Case): Promise<{ project: Project; generation: string }> {
  const model = options.model ?? ''
  if (one.starter === null) {
    const made = await api.send<ProjectCreated>('POST', '/api/projects', { prompt: one.prompt, model })
    return { project: made.project, generation: made.turn?.generation.id ?? '' }
  }
  // The starter as it is, by the built-in turn; then what is measured.
  const made = await api.send<ProjectCreated>('POST', '/api/projects', {
    prompt: `A ${one.starter.replaceAll('-', ' ')}`,
    starter: one.starter,
    model: 'starters',
  })
  if (made.turn) await ended(api, made.turn.generation.id)
  const turn = await api.send<TurnStarted>('POST', `/api/projects/${made.project.id}/turns`, {
    message: one.prompt,
    model,
  })
  return { project: made.project, generation: turn.generation.id }
}

async function measure(api: Api, one: Case): Promise<Outcome> {
  const from = performance.now()
  const { project, generation } = await begin(api, one)
  const row = await ended(api, generation)
  const seconds = (performance.now() - from) / 1_000
  const events = await eventsOf(api, generation)
  const now = await api.send<CheckRun>('POST', `/api/projects/${project.id}/checks/run`)
  const errors = now.diagnostics.filter((found) => found.severity === 'error')
  const { summary } = row
  return {
    id: one.id,
    what: one.what,
    status: row.status,
    error: summary?.error ?? null,
    clean: row.status === 'done' && !events.some((event) => event.type === 'edit_failed'),
    changed: (summary?.files.length ?? 0) > 0,
    compiles: !errors.some((found) => found.kind !== 'runtime'),
    runs: now.screenshot === null ? null : errors.length === 0,
    verified: summary?.verified ?? null,
    rolled_back: (summary?.rolled_back ?? null) !== null,
    repairs: summary?.repairs ?? 0,
    input: summary?.usage?.input ?? 0,
    output: summary?.usage?.output ?? 0,
    seconds: Math.round(seconds),
  }
}

/** The records as a table in Markdown, with what they come to. */
function table(outcomes: readonly Outcome[], all: number): string {
  const lines = [
    '| turns | asked | changed the app | every edit fitted | compiles after | runs without an error after | repairs, mean | seconds, median |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
  ]
  for (const what of ['first turn', 'follow-up']) {
    const of = outcomes.filter((outcome) => outcome.what === what)
    if (of.length === 0) continue
    const count = (test: (outcome: Outcome) => boolean) => of.filter(test).length
    const seconds = of.map((outcome) => outcome.seconds).toSorted((a, b) => a - b)
    const repairs = of.reduce((sum, outcome) => sum + outcome.repairs, 0) / of.length
    lines.push(
      `| ${what}s | ${of.length} | ${count((o) => o.changed)} | ${count((o) => o.clean)} | ${count((o) => o.compiles)} | ` +
        `${count((o) => o.runs === true)} | ${repairs.toFixed(1)} | ${seconds[seconds.length >> 1] ?? 0} |`,
    )
  }
  lines.push('', `Asked: ${outcomes.length} of ${all} turns.`, '')
  lines.push('| turn | end | edits fitted | compiles | runs | repairs | tokens in / out | seconds |')
  lines.push('|---|---|---|---|---|---:|---:|---:|')
  const yes = (value: boolean | null) => (value === null ? '-' : value ? 'yes' : 'no')
  for (const o of outcomes) {
    const end = o.rolled_back
      ? 'taken back'
      : (o.error ?? (o.changed ? (o.verified === true ? 'verified' : 'not verified') : 'nothing changed'))
    lines.push(
      `| ${o.id} | ${end} | ${yes(o.clean)} | ${yes(o.compiles)} | ${yes(o.runs)} | ${o.repairs} | ${o.input} / ${o.output} | ${o.seconds} |`,
    )
  }
  return lines.join('\n')
}

const START = '<!-- measured: written by the bench -->'
const END = '<!-- /measured -->'

async function write(path: string, text: string): Promise<void> {
  const page = await readFile(path, 'utf8')
  const [before, rest] = page.split(START)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for the figures`)
  await writeFile(path, `${before}${START}\n\n${text}\n\n${END}${after}`)
}

if (options.server === undefined || options.model === undefined) {
  say('Say which: --server http://127.0.0.1:18091/v1 --model NAME (an OpenAI-compatible server that runs).')
  process.exit(2)
}
const done = await recorded()
const server = await Server.start({
  env: { QUICKVIBE_CUSTOM_BASE_URL: options.server, QUICKVIBE_CHROMIUM: chromiumPath() },
})
const context = await request.newContext({ baseURL: server.url })
try {
  const api = new Api(context, server.url)
  await api.signIn(server.token)
  const models = await api.send<ModelList>('GET', '/api/models')
  const known = models.items.find((model) => model.id.endsWith(options.model ?? ''))
  if (!known)
    throw new Error(`no model ${options.model}; there are ${models.items.map((m) => m.id).join(', ')}`)
  options.model = known.id
  const all = cases(await api.send<StarterList>('GET', '/api/starters'))
  const until = Date.now() + Number(options.minutes) * 60_000
  for (const one of all.filter(({ id }) => !done.some((outcome) => outcome.id === id))) {
    if (done.length >= Number(options.most) || Date.now() > until) break
    const outcome = await measure(api, one)
    done.push(outcome)
    await appendFile(options.records, `${JSON.stringify(outcome)}\n`)
    say(JSON.stringify(outcome))
  }
  const text = `Model: ${known.id}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1) ?? '?'} at the end.\n\n${table(done, all.length)}`
  say(text)
  if (options.write !== undefined) await write(options.write, text)
} finally {
  await context.dispose()
  await server.stop()
}
