import {
  type ApiToken,
  type AuditEntry,
  type Budgets,
  type Diagnostic,
  type DeadLetter,
  type Estimate,
  type Event,
  type FileEntry,
  type Finding,
  type Generation,
  type Instance,
  type Invite,
  type Key,
  type Message,
  type ModelPrice,
  type Project,
  type QueuedMessage,
  type Roles,
  type Sandbox,
  type SessionInfo,
  type SmokeResult,
  type TurnMode,
  type UserEntry,
  type Version,
} from '@/api/generated/wire'

import { sendNext, suggest, type MockSuggestion } from './chatHandlers'
import { SAMPLE_FILES } from './files'
import { inBrowser } from './sandboxHandlers'
import { scriptFor } from './script'
import { type ScriptStep } from './step'
import { summarise } from './summarise'

const MINUTE = 60_000
let counter = 0

/** Ids that look like the server's and come in order. */
export const newId = (): string => `0192f000-0000-7000-8000-${String(++counter).padStart(12, '0')}`
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

export interface Run {
  generation: Generation
  events: Event[]
  listeners: Set<() => void>
  timer?: ReturnType<typeof setTimeout>
  /** What goes on when the question about this run is answered. */
  asked?: { id: number; goOn: (allowed: boolean) => void }
}

export interface ProjectState {
  project: Project
  files: Map<string, string>
  messages: Message[]
  versions: Version[]
  snapshots: Map<number, Map<string, string>>
  sandbox: Sandbox
  queue: QueuedMessage[]
  suggestions: MockSuggestion[]
  /** What became of each smoke check, by its file. */
  smoke: Map<string, { result: SmokeResult; at: string }>
  /** What a run of the checks says is wrong with the app. */
  diagnostics: Diagnostic[]
  findings: Finding[]
}

export class MockDb {
  session: SessionInfo | null
  projects = new Map<string, ProjectState>()
  runs = new Map<string, Run>()
  keys: Key[] = []
  apiTokens: ApiToken[] = []
  invites: Invite[] = []
  users: UserEntry[] = []
  signUp: Instance['sign_up'] = 'invite'
  webcontainer = false
  /** Why the server opens no browser. */
  browser: string | null = null
  checksLeftOut: string | null = null
  letters: DeadLetter[] = []
  audit: AuditEntry[] = []
  /** Prices that an administrator has set. */
  prices: ModelPrice[] = []
  defaultModel: string | null = 'anthropic/claude-sonnet'
  budgets: Budgets = {
    month: '2026-11',
    resets_at: '2026-12-01T00:00:00Z',
    user: {
      limit_nanousd: 5_000_000_000,
      spent_nanousd: 2_600_000_000,
      reserved_nanousd: 400_000_000,
      left_nanousd: 2_000_000_000,
      alerted: 50,
    },
    own_limit_nanousd: 5_000_000_000,
    ceiling_nanousd: null,
    repairs: {
      limit_nanousd: 5_000_000_000,
      spent_nanousd: 30_000_000,
      reserved_nanousd: 0,
      left_nanousd: 4_970_000_000,
      alerted: 0,
    },
    turn_nanousd: 2_000_000_000,
  }
  estimate: Estimate = {
    model: 'anthropic/claude-sonnet',
    free: false,
    input_tokens: 8_400,
    files_sent: 2,
    files_total: 48,
    approximate: true,
    typical_output_tokens: 1_200,
    typical_nanousd: 43_000_000,
    most_nanousd: 990_000_000,
    over_budget: null,
  }
  roles: Roles = { planner: { who: 'same' }, reviewer: { who: 'same' }, tester: { who: 'nobody' } }
  /** How much faster than written the scripts run. */
  speed = 1

  constructor() {
    this.session = {
      account: { id: newId(), name: 'Ada', email: null, has_password: false, is_admin: true, plan: 'free' },
      permissions: ['build', 'administer'],
      session_id: newId(),
      csrf_token: 'token',
      expires_at: ago(-30 * 24 * 60 * MINUTE),
    }
    const person = { plan: 'free', has_password: true, created_at: ago(0), suspended_at: null } as const
    const { id } = this.session.account
    this.users = [
      { ...person, id: newId(), name: 'Bob', email: 'bob@example.org', is_admin: false },
      { ...person, id, name: 'Ada', email: null, is_admin: true },
    ]
    const names: [string, Project['project_type'], number][] = [
      ['Focus timer', 'web_app', 4 * MINUTE],
      ['Habit tracker for the whole family, with streaks and reminders', 'mobile_app', 180 * MINUTE],
      ['Breakout', 'game', 26 * 60 * MINUTE],
      ['Corner bakery', 'landing_page', 6 * 24 * 60 * MINUTE],
    ]
    for (const [name, type, age] of names) this.addProject(name, type, age)
  }

  addProject(name: string, project_type: Project['project_type'] = 'web_app', age = 0): ProjectState {
    const state: ProjectState = {
      project: {
        id: newId(),
        name,
        project_type,
        visibility: 'private',
        role: 'owner',
        starter: 'focus-timer',
        head_version: null,
        file_count: 0,
        size_bytes: 0,
        build_status: 'none',
        last_build_at: null,
        active_generation: null,
        created_at: ago(age + 60 * MINUTE),
        updated_at: ago(age),
      },
      files: new Map(Object.entries(SAMPLE_FILES)),
      messages: [],
      versions: [],
      snapshots: new Map(),
      sandbox: inBrowser(),
      queue: [],
      suggestions: [],
      smoke: new Map(),
      diagnostics: [],
      findings: [],
    }
    this.projects.set(state.project.id, state)
    this.addVersion(state, 'starter', 'Made from the Focus timer starter', true, ago(age + 59 * MINUTE))
    return state
  }

  entry(path: string, text: string): FileEntry {
    let hash = 0
    for (const char of text) hash = (hash * 31 + char.charCodeAt(0)) | 0
    return {
      path,
      kind: 'text',
      size: text.length,
      hash: (hash >>> 0).toString(16).padStart(64, '0'),
      updated_at: ago(0),
    }
  }

  addVersion(
    state: ProjectState,
    origin: Version['origin'],
    title: string,
    verified: boolean | null,
    at = ago(0),
    generation_id: string | null = null,
  ): Version {
    const before = state.snapshots.get(state.project.head_version ?? 0) ?? new Map<string, string>()
    const count = (test: (path: string, text: string) => boolean) =>
      [...state.files].filter(([path, text]) => test(path, text)).length
    const version: Version = {
      id: newId(),
      number: (state.project.head_version ?? 0) + 1,
      origin,
      generation_id,
      title,
      summary: null,
      verified,
      file_count: state.files.size,
      size_bytes: [...state.files.values()].join('').length,
      files_added: count((path) => !before.has(path)),
      files_changed: count((path, text) => before.has(path) && before.get(path) !== text),
      files_removed: [...before.keys()].filter((path) => !state.files.has(path)).length,
      created_at: at,
    }
    state.versions.unshift(version)
    state.snapshots.set(version.number, new Map(state.files))
    Object.assign(state.project, {
      head_version: version.number,
      file_count: version.file_count,
      size_bytes: version.size_bytes,
      build_status: verified === false ? 'unverified' : 'verified',
      updated_at: at,
    })
    return version
  }

  startTurn(
    state: ProjectState,
    text: string,
    mode: TurnMode = 'build',
    images: string[] = [],
    model = 'anthropic/claude-sonnet',
  ) {
    const generation: Generation = {
      id: newId(),
      project_id: state.project.id,
      message_id: newId(),
      mode,
      model,
      status: 'queued',
      last_seq: 0,
      summary: null,
      queued_at: ago(0),
      started_at: ago(0),
      finished_at: null,
    }
    const message: Message = {
      id: generation.message_id,
      seq: state.messages.length + 1,
      role: 'user',
      mode,
      text,
      set_aside: false,
      images,
      generation,
      created_at: ago(0),
    }
    state.messages.push(message)
    const run: Run = { generation, events: [], listeners: new Set() }
    this.runs.set(generation.id, run)
    generation.status = 'running'
    state.project.active_generation = generation.id
    this.play(state, run, scriptFor(generation.id, mode, text))
    return { message: structuredClone(message), generation: structuredClone(generation) }
  }

  /** Appends what is due, then waits for the next: a fast script does not need a timer for each event. */
  private play(state: ProjectState, run: Run, script: ScriptStep[], at = 0) {
    let due = 0
    for (const [wait, data] of script.slice(at)) {
      if (run.generation.finished_at !== null) return
      due += wait / this.speed
      if (due >= 1) {
        run.timer = setTimeout(() => {
          this.append(state, run, data)
          const rest = script.slice(at + 1)
          if (data.type === 'permission_asked') this.ask(state, run, data.id, rest)
          else this.play(state, run, rest)
        }, due)
        return
      }
      this.append(state, run, data)
      at++
      if (data.type === 'permission_asked') {
        this.ask(state, run, data.id, script.slice(at))
        return
      }
    }
  }

  /** Waits for an answer; without leave, the run is left out of what follows. */
  private ask(state: ProjectState, run: Run, id: number, rest: ScriptStep[]) {
    run.asked = {
      id,
      goOn: (allowed) => {
        run.asked = undefined
        this.append(state, run, { type: 'permission_answered', id, allowed })
        const isOf = (data: ScriptStep[1]) => 'id' in data && data.id === id
        this.play(state, run, allowed ? rest : rest.filter(([, data]) => !isOf(data)))
      },
    }
  }

  append(state: ProjectState, run: Run, data: ScriptStep[1]) {
    const full = { ...data }
    if (full.type === 'generation_started') full.model = run.generation.model
    if (full.type === 'version_created') {
      full.version = this.addVersion(
        state,
        'turn',
        'Add a focus timer',
        full.verified,
        ago(0),
        run.generation.id,
      ).number
    }
    if (full.type === 'done' && full.version !== null) full.version = state.project.head_version
    if (full.type === 'suggested') suggest(state, full.path)
    run.events.push({ seq: run.events.length + 1, at: ago(0), ...full })
    run.generation.last_seq = run.events.length
    if (full.type === 'done' || full.type === 'failed' || full.type === 'cancelled') {
      this.finish(state, run, full.type)
    }
    for (const listener of run.listeners) listener()
  }

  /** Keeps a failed turn, as the server does. */
  addLetter(state: ProjectState, run: Run, change: Partial<DeadLetter> = {}): DeadLetter {
    const { generation } = run
    const asked = state.messages.find((message) => message.id === generation.message_id)
    const letter: DeadLetter = {
      id: newId(),
      generation_id: generation.id,
      project_id: state.project.id,
      project_name: state.project.name,
      user_id: this.session?.account.id ?? '',
      user_name: this.session?.account.name ?? '',
      code: generation.summary?.error ?? 'internal',
      message: generation.summary?.error_message ?? 'The server had a problem.',
      attempts: 1,
      payload: { mode: generation.mode, model: generation.model, prompt: asked?.text ?? '', cut: false },
      state: 'open',
      at: ago(0),
      resolved_at: null,
      ...change,
    }
    this.letters.unshift(letter)
    return letter
  }

  private finish(state: ProjectState, run: Run, status: Generation['status']) {
    clearTimeout(run.timer)
    run.generation.status = status
    run.generation.finished_at = ago(0)
    run.generation.summary = summarise(run.events, run.generation.model)
    state.project.active_generation = null
    if (status === 'failed') this.addLetter(state, run)
    const text = run.events.map((e) => (e.type === 'text_delta' ? e.text : '')).join('')
    if (text !== '') this.answer(state, run, text)
    // Whoever follows hears of the end first.
    setTimeout(() => sendNext(this, state))
  }

  private answer(state: ProjectState, run: Run, text: string) {
    state.messages.push({
      id: newId(),
      seq: state.messages.length + 1,
      role: 'assistant',
      mode: run.generation.mode,
      text,
      set_aside: false,
      images: [],
      generation: run.generation,
      created_at: ago(0),
    })
  }
}
