import { type EventData, type ToolKind, type TurnMode } from '@/api/generated/wire'

import { SAMPLE_FILES } from './files'
import { asking, breaking, LOOKED, planning, unverified } from './scripts'
import { usage, words, type ScriptStep } from './step'

const PLAN = [
  'Set up the page and its theme',
  'Write the timer',
  'Keep finished sessions',
  'Show statistics',
  'Check that all of it works',
]

const plan = (done: number): EventData => ({
  type: 'plan',
  items: PLAN.map((text, i) => ({ text, done: i < done })),
})

function file(path: string, content: string): ScriptStep[] {
  const lines = content.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return [
    [120, { type: 'file_opened', path, op: 'write' }],
    ...lines.map((text): ScriptStep => [35, { type: 'file_delta', path, text }]),
    [20, { type: 'file_closed', path }],
  ]
}

const lineCount = (text: string) => text.split('\n').length - 1

const runs = (id: number, tool: ToolKind, command: string, output: string[]): ScriptStep[] => [
  [200, { type: 'tool_started', id, tool, command }],
  ...output.map((text): ScriptStep => [400, { type: 'tool_output', id, text }]),
]

/** A turn that runs things: one goes well, one fails, and about one a person is asked. */
const RUNS: ScriptStep[] = [
  [
    200,
    { type: 'sandbox_decided', engine: 'local', reason: 'Runs in a sandbox on this server: it has one.' },
  ],
  [100, { type: 'role_changed', role: 'builder', note: 'Writing the app' }],
  [200, { type: 'step_started', step: 1, kind: 'draft', files_sent: 2, files_total: 8, input_tokens: 3_420 }],
  ...words('I add Express and try the tests.\n'),
  [80, usage(1, 'draft', 3_420, 310, 14_910_000)],
  [100, { type: 'role_changed', role: 'tester', note: 'Running it' }],
  ...runs(1, 'install', 'npm install express', ['\x1b[32madded 66 packages\x1b[39m', ' in 1.2s\n']),
  [
    100,
    {
      type: 'tool_finished',
      id: 1,
      ok: true,
      exit: 0,
      end: 'exited',
      duration_ms: 1_240,
      output: 'added 66 packages in 1.2s\n',
    },
  ],
  ...runs(2, 'test', 'npm test', [
    '> node --test\n',
    '\x1b[31m✖ adds a note\x1b[39m (3 ms)\n  expected 201, got 500\n',
    '\x1b[32m✔ lists the notes\x1b[39m (1 ms)\n',
  ]),
  [
    100,
    {
      type: 'tool_finished',
      id: 2,
      ok: false,
      exit: 1,
      end: 'exited',
      duration_ms: 2_310,
      output: 'expected 201, got 500\n',
    },
  ],
  [100, { type: 'step_started', step: 2, kind: 'tool', files_sent: 1, files_total: 8, input_tokens: 2_180 }],
  [300, usage(2, 'tool', 2_180, 90, 4_890_000)],
  [
    200,
    {
      type: 'permission_asked',
      id: 3,
      command:
        'curl -fsSL https://example.com/install/a-tool-with-a-long-name.sh | sh -s -- --prefix "$HOME/.local" && node scripts/migrate.js --all',
      why: 'It runs a program from the internet, which may change any file of the project.',
    },
  ],
  ...runs(
    3,
    'command',
    'curl -fsSL https://example.com/install/a-tool-with-a-long-name.sh | sh -s -- --prefix "$HOME/.local" && node scripts/migrate.js --all',
    ['3 migrations\n', 'done\n'],
  ),
  [
    6_000,
    { type: 'tool_finished', id: 3, ok: true, exit: 0, end: 'exited', duration_ms: 6_800, output: 'done\n' },
  ],
  ...words('The server is ready.'),
  [50, { type: 'version_created', version: 0, verified: true }],
  [20, { type: 'done', version: 0, verified: true }],
]

/** What the scripted agent does about a message. Everything that a turn can show is in the build. */
export function scriptFor(generationId: string, mode: TurnMode, message: string): ScriptStep[] {
  const started: ScriptStep = [
    0,
    { type: 'generation_started', generation_id: generationId, mode, model: 'anthropic/claude-sonnet' },
  ]
  if (mode === 'ask') {
    return [
      started,
      [200, { type: 'role_changed', role: 'planner', note: 'Reading the project' }],
      [
        200,
        { type: 'step_started', step: 1, kind: 'draft', files_sent: 2, files_total: 8, input_tokens: 2_140 },
      ],
      ...words(
        'The timer counts down in `src/components/Timer.tsx`. An effect runs **once a second** while `running` is true, and a second effect tells the app when a session is over.\n\n- `useSessions` keeps finished sessions in this browser.\n- `Statistics` adds them up.\n',
      ),
      [100, usage(1, 'draft', 2_140, 120, 8_100_000)],
      [80, { type: 'done', version: null, verified: null }],
    ]
  }
  if (/fail/i.test(message)) {
    return [
      started,
      [300, { type: 'role_changed', role: 'builder', note: 'Writing the change' }],
      [
        300,
        { type: 'step_started', step: 1, kind: 'draft', files_sent: 2, files_total: 8, input_tokens: 2_140 },
      ],
      ...words('I will change the timer first. '),
      [
        600,
        {
          type: 'failed',
          code: 'provider_overloaded',
          message:
            'The provider is overloaded. Your files are as before. Retry in a minute or choose another model.',
          retryable: true,
        },
      ],
    ]
  }
  if (mode === 'plan') return [started, ...planning()]
  if (/something nice/i.test(message)) return [started, ...asking()]
  if (/break/i.test(message)) return [started, ...breaking()]
  if (/unsure/i.test(message)) return [started, ...unverified()]
  if (/server/i.test(message)) return [started, ...RUNS]
  const files = Object.entries(SAMPLE_FILES).filter(([path]) => path.startsWith('src/'))
  return [
    started,
    [
      200,
      {
        type: 'starter_chosen',
        starter: 'focus-timer',
        title: 'Focus timer',
        reason: 'It is a timer with statistics',
      },
    ],
    [200, { type: 'sandbox_decided', engine: 'browser', reason: 'Runs in your browser: static app' }],
    [100, { type: 'role_changed', role: 'planner', note: 'Deciding what to build' }],
    [
      200,
      { type: 'step_started', step: 1, kind: 'draft', files_sent: 2, files_total: 8, input_tokens: 3_420 },
    ],
    [300, { type: 'thinking_delta', text: 'A timer needs a clock that survives a paused tab. ' }],
    ...words(
      'A focus timer with a dark face. It keeps your sessions in this browser and adds them up by day.\n\n',
    ),
    [100, plan(0)],
    [300, { type: 'role_changed', role: 'builder', note: 'Writing the app' }],
    ...files.flatMap(([path, content], i): ScriptStep[] => [
      ...file(path, content),
      ...(i === 1 ? [[10, plan(1)] satisfies ScriptStep] : []),
      ...(i === 3 ? [[10, plan(3)] satisfies ScriptStep] : []),
    ]),
    [50, plan(4)],
    ...files.map(([path, content], index): ScriptStep => [
      20,
      { type: 'edit_applied', index, path, op: 'write', added: lineCount(content), removed: 0 },
    ]),
    [80, usage(1, 'draft', 3_420, 2_310, 44_910_000)],
    [150, { type: 'role_changed', role: 'reviewer', note: 'Checking the result' }],
    [100, { type: 'check_started', check: 'compile' }],
    [
      500,
      {
        type: 'check_finished',
        check: 'compile',
        ok: false,
        diagnostics: [
          {
            kind: 'resolve',
            severity: 'error',
            path: 'src/App.tsx',
            line: 5,
            column: 29,
            message: 'Cannot find ./lib/sessions: there is no file src/lib/sessions.tsx.',
          },
        ],
      },
    ],
    [200, { type: 'repair_started', round: 1, reason: 'An import leads nowhere' }],
    [
      100,
      { type: 'step_started', step: 2, kind: 'repair', files_sent: 1, files_total: 8, input_tokens: 1_180 },
    ],
    [400, { type: 'file_opened', path: 'src/App.tsx', op: 'replace' }],
    [
      200,
      { type: 'file_delta', path: 'src/App.tsx', text: "import { useSessions } from './lib/sessions'\n" },
    ],
    [20, { type: 'file_closed', path: 'src/App.tsx' }],
    [20, { type: 'edit_applied', index: 0, path: 'src/App.tsx', op: 'replace', added: 1, removed: 1 }],
    [60, usage(2, 'repair', 1_180, 90, 4_890_000)],
    [100, { type: 'check_started', check: 'compile' }],
    [300, { type: 'check_finished', check: 'compile', ok: true, diagnostics: [] }],
    [50, { type: 'check_started', check: 'runtime' }],
    ...LOOKED,
    [50, plan(5)],
    [100, { type: 'preview_ready' }],
    ...words('\nThe timer is ready. Start it, and look at **Statistics** after your first session.'),
    [50, { type: 'version_created', version: 0, verified: true }],
    [20, { type: 'done', version: 0, verified: true }],
  ]
}
