import {
  type AgentRole,
  type CheckKind,
  type Diagnostic,
  type EditOp,
  type ErrorCode,
  type Event,
  type GenerationStatus,
  type PlanItem,
  type PurseKind,
  type Question,
  type ReviewFinding,
  type SentFile,
  type SmokeResult,
  type StepKind,
  type TokenUsage,
  type ToolEnd,
  type ToolKind,
  type TurnMode,
} from '@/api/generated/wire'

/** One file that a turn works on. */
export interface FileActivity {
  path: string
  /** Where it came from, after a rename. */
  from: string | null
  op: EditOp
  state:
    | 'writing'
    | 'written'
    | 'applied'
    | 'failed'
    /** It was applied, and is as before again. */
    | 'taken_back'
  /** What streams in: the whole file for `write`, the new lines for `replace`. */
  text: string
  lines: number
  added: number
  removed: number
  /** Why it failed, in words. */
  reason: string | null
}

/** One model call. */
export interface StepActivity {
  step: number
  kind: StepKind
  role: AgentRole
  /** Who answers; `null` when the starters do. */
  model: string | null
  filesSent: number
  filesTotal: number
  /** What of the project the model was sent, and why; empty in an event of before. */
  files: SentFile[]
  /** Estimated before sending. */
  inputTokens: number
  usage: TokenUsage | null
  /** `null` when the price is not known. */
  costNanousd: number | null
}

/** One check of the app. */
export interface CheckActivity {
  check: CheckKind
  state: 'running' | 'ok' | 'failed'
  diagnostics: Diagnostic[]
}

/** One run in the sandbox, from the question whether it may be to what came of it. */
export interface RunActivity {
  id: number
  /** `null` before it has started. */
  tool: ToolKind | null
  /** As one would type it. */
  command: string
  state:
    /** A person is asked. */
    | 'asked'
    /** A person allowed it; it has not started yet. */
    | 'allowed'
    /** A person said no, or nothing in time. */
    | 'refused'
    | 'running'
    | 'ok'
    | 'failed'
    /** The turn was over before it was. */
    | 'stopped'
  /** Why a person is or was asked; `null` when nobody was. */
  why: string | null
  startedAt: string | null
  /** The last of what it wrote. */
  output: string
  /** Whether it wrote more than that. */
  cut: boolean
  result: { exit: number | null; end: ToolEnd; durationMs: number } | null
}

/** What a person waits for; `null` as soon as something else happens. */
export type Notice =
  | { kind: 'queued'; position: number }
  | { kind: 'retrying'; attempt: number; reason: string; at: string; waitMs: number }
  | { kind: 'resumed' }

/** What a model call took that no step of the turn shows any more: it is paid all the same. */
export interface SpentCall {
  kind: StepKind
  role: AgentRole
  model: string | null
  usage: TokenUsage
  costNanousd: number | null
}

/** What has been seen of a turn: a pure function of its events. */
export interface TurnState {
  /** The last event that is in here. */
  seq: number
  status: GenerationStatus
  mode: TurnMode
  model: string | null
  startedAt: string | null
  endedAt: string | null
  starter: { id: string; title: string; reason: string } | null
  sandbox: { engine: string; reason: string } | null
  role: { role: AgentRole; note: string } | null
  /** The parts that were played, in the order in which they began. */
  played: AgentRole[]
  plan: PlanItem[]
  thinking: string
  text: string
  files: FileActivity[]
  steps: StepActivity[]
  /** Calls of steps that were begun again. */
  spent: SpentCall[]
  checks: CheckActivity[]
  /** What became of the project's smoke checks when they were last carried out. */
  smoke: SmokeResult[]
  /** What the last reading of the changes found; `null` when nobody has read them. */
  review: { ok: boolean; findings: ReviewFinding[] } | null
  /** The address of the last picture of the app. */
  screenshot: string | null
  /** What the agent wants to know before it goes on. */
  questions: Question[]
  /** Why its changes were taken back, and the files that are as before. */
  rolledBack: { reason: string; paths: string[] } | null
  /** Changes that a person decides about: the file had been changed by hand. */
  suggested: { path: string; reason: string }[]
  /** Each after so many checks. */
  repairs: { round: number; reason: string; after: number }[]
  /** In the order of their numbers. */
  runs: RunActivity[]
  /** The last share of a month's budget that this turn reached. */
  budget: { purse: PurseKind; percent: number; limitNanousd: number } | null
  /** Rises each time that the preview shows newer files. */
  previewsReady: number
  version: number | null
  verified: boolean | null
  error: { code: ErrorCode; message: string; retryable: boolean } | null
  /** From 2 when another worker went on after the first was lost. */
  attempt: number
  notice: Notice | null
  /** Every event that is not void, newest first: what is superseded is folded again without the void ones. */
  past: Past | null
}

export interface Past {
  event: Event
  before: Past | null
}

export const initialTurn: TurnState = {
  seq: 0,
  status: 'queued',
  mode: 'build',
  model: null,
  startedAt: null,
  endedAt: null,
  starter: null,
  sandbox: null,
  role: null,
  played: [],
  plan: [],
  thinking: '',
  text: '',
  files: [],
  steps: [],
  spent: [],
  checks: [],
  smoke: [],
  review: null,
  screenshot: null,
  questions: [],
  rolledBack: null,
  suggested: [],
  repairs: [],
  runs: [],
  budget: null,
  previewsReady: 0,
  version: null,
  verified: null,
  error: null,
  attempt: 1,
  notice: null,
  past: null,
}
