import { type EventData, type SmokeResult, type StepKind } from '@/api/generated/wire'

import { usage, words, type ScriptStep } from './step'

/** The address of a picture; the mock answers one for every project. */
export const SCREENSHOT = '/api/projects/p/screenshots/5c0ffee'

const call = (step: number, kind: StepKind, more: Partial<EventData> = {}): ScriptStep => [
  200,
  {
    type: 'step_started',
    step,
    kind,
    files_sent: 2,
    files_total: 8,
    input_tokens: 1_840,
    ...more,
  } as EventData,
]

export const smoke = (change: Partial<SmokeResult> = {}): SmokeResult => ({
  path: 'checks/starts.check',
  name: 'The timer starts',
  ok: true,
  ok_before: true,
  message: '',
  duration_ms: 420,
  ...change,
})

/** What is seen of an app that works: in a browser, by its smoke checks, by a reviewer; and a check is written. */
export const LOOKED: ScriptStep[] = [
  [300, { type: 'screenshot', image: SCREENSHOT, duration_ms: 810 }],
  [
    100,
    {
      type: 'check_finished',
      check: 'runtime',
      ok: true,
      diagnostics: [
        {
          kind: 'accessibility',
          severity: 'warning',
          path: 'src/App.tsx',
          line: 12,
          column: 0,
          message: 'The button that closes has no name for screen readers. Give it an aria-label.',
        },
      ],
    },
  ],
  [50, { type: 'check_started', check: 'smoke' }],
  [
    300,
    {
      type: 'smoke_finished',
      results: [smoke(), smoke({ path: 'checks/opens.check', name: 'The page opens', duration_ms: 190 })],
    },
  ],
  [10, { type: 'check_finished', check: 'smoke', ok: true, diagnostics: [] }],
  [100, { type: 'role_changed', role: 'reviewer', note: 'Reading the change' }],
  call(3, 'review', { role: 'reviewer', model: 'ollama/qwen3-coder' }),
  [400, usage(3, 'review', 1_840, 60, 0)],
  [10, { type: 'review_finished', ok: true, findings: [] }],
  [100, { type: 'role_changed', role: 'tester', note: 'Writing a check of what works' }],
  call(4, 'test', { role: 'tester', model: 'ollama/qwen3-coder' }),
  [300, usage(4, 'test', 1_840, 110, 0)],
]

/** Plans, and changes nothing. */
export const planning = (): ScriptStep[] => [
  [200, { type: 'role_changed', role: 'planner', note: 'Reading the project' }],
  call(1, 'plan'),
  ...words('Three steps are enough. Change them as you like.\n'),
  [
    100,
    {
      type: 'plan',
      items: ['Keep a list of sessions', 'Draw a bar for each day', 'Show the best day'].map((text) => ({
        text,
        done: false,
      })),
    },
  ],
  [100, usage(1, 'plan', 1_840, 140, 7_620_000)],
  [50, { type: 'done', version: null, verified: null }],
]

/** Asks before it costs more. */
export const asking = (): ScriptStep[] => [
  [200, { type: 'role_changed', role: 'planner', note: 'Reading the request' }],
  call(1, 'plan'),
  ...words('Two things would change what I build.\n'),
  [
    100,
    {
      type: 'questions',
      items: [
        { text: 'Who is it for?', choices: ['Only me', 'My team', 'Everybody'] },
        { text: 'Should it keep what was entered?', choices: ['Yes, in this browser', 'No'] },
      ],
    },
  ],
  [100, usage(1, 'plan', 1_840, 80, 6_720_000)],
  [50, { type: 'done', version: null, verified: null }],
]

const edited: ScriptStep[] = [
  [200, { type: 'role_changed', role: 'builder', note: 'Writing the change' }],
  call(1, 'draft'),
  [100, { type: 'edit_applied', index: 0, path: 'src/App.tsx', op: 'replace', added: 6, removed: 14 }],
  [60, usage(1, 'draft', 1_840, 210, 8_670_000)],
  [100, { type: 'check_started', check: 'compile' }],
  [200, { type: 'check_finished', check: 'compile', ok: true, diagnostics: [] }],
]

const BROKEN = smoke({
  ok: false,
  message: 'Step 2, click "Start": there is no button with this name.',
  duration_ms: 2_000,
})

/** Breaks what worked, cannot mend it, and takes its change back. */
export const breaking = (): ScriptStep[] => [
  ...edited,
  [50, { type: 'check_started', check: 'smoke' }],
  [
    300,
    {
      type: 'smoke_finished',
      results: [BROKEN, smoke({ path: 'checks/opens.check', name: 'The page opens' })],
    },
  ],
  [10, { type: 'check_finished', check: 'smoke', ok: false, diagnostics: [] }],
  [200, { type: 'repair_started', round: 1, reason: 'The timer does not start any more' }],
  call(2, 'repair'),
  [60, usage(2, 'repair', 1_180, 90, 4_890_000)],
  [
    100,
    {
      type: 'rolled_back',
      reason:
        'The changes broke what had worked, and mending it did not succeed: The timer starts failed. So they were taken back, and the app is as it was before.',
      paths: ['src/App.tsx'],
    },
  ],
  [50, { type: 'done', version: null, verified: null }],
]

/** Makes a version that does not hold, and leaves a change to a person. */
export const unverified = (): ScriptStep[] => [
  ...edited,
  [
    50,
    {
      type: 'suggested',
      path: 'src/styles.css',
      reason: 'You changed these lines while the agent was at work.',
    },
  ],
  [50, { type: 'check_started', check: 'smoke' }],
  [300, { type: 'smoke_finished', results: [BROKEN] }],
  [10, { type: 'check_finished', check: 'smoke', ok: false, diagnostics: [] }],
  [100, { type: 'role_changed', role: 'reviewer', note: 'Reading the change' }],
  call(2, 'review', { role: 'reviewer', model: 'ollama/qwen3-coder' }),
  [60, usage(2, 'review', 1_180, 90, 0)],
  [
    10,
    {
      type: 'review_finished',
      ok: false,
      findings: [
        { path: 'src/App.tsx', message: 'The dark face was asked for and is not there.' },
        { path: null, message: 'Nothing says how long a session takes.' },
      ],
    },
  ],
  [50, { type: 'version_created', version: 0, verified: false }],
  [20, { type: 'done', version: 0, verified: false }],
]
