import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import { type Event, type EventData, type Generation } from '@/api/generated/wire'
import { applyAll } from '@/stream/reducer'
import { initialTurn, type TurnState } from '@/stream/state'
import { type Trouble } from '@/stream/status'
import { turnFromGeneration } from '@/stream/summary'
import { scriptFor } from '@/testing/script'
import { TooltipProvider } from '@/ui/Tooltip'

import { WorkspaceContext, type Workspace } from '../context'
import { TurnCard } from './TurnCard'

const EVENTS = scriptFor('g', 'build', 'a timer').map(([, data], i): Event => ({
  seq: i + 1,
  at: new Date(Date.now() + i * 100).toISOString(),
  ...data,
}))
const until = (test: (event: Event) => boolean) =>
  applyAll(initialTurn, EVENTS.slice(0, EVENTS.findIndex(test) + 1))

function show(turn: TurnState, generation: Generation | null = null, trouble: Trouble | null = null) {
  const openFile = vi.fn()
  const workspace = { openFile } as unknown as Workspace
  render(
    <TooltipProvider>
      <WorkspaceContext value={workspace}>
        <TurnCard id="g" turn={turn} generation={generation} trouble={trouble} />
      </WorkspaceContext>
    </TooltipProvider>,
  )
  return { openFile, card: screen.getByRole('article') }
}
function header(): HTMLElement {
  const [button] = within(screen.getByRole('article')).getAllByRole('button')
  if (!button) throw new Error('the card has no header')
  return button
}

test('while it writes: role, plan, the file that streams with its lines, tokens without a price', () => {
  const { card } = show(
    until((e) => e.type === 'file_delta' && e.path === 'src/App.tsx' && e.text.includes('Timer')),
  )
  expect(header()).toHaveAttribute('aria-expanded', 'true')
  expect(header()).toHaveTextContent(/Builder.*Writing App\.tsx/)
  const plan = within(card).getByText('Set up the page and its theme').closest('li')
  expect(within(plan as HTMLElement).getByLabelText('Now')).toBeInTheDocument()
  expect(within(card).getByRole('button', { name: /App\.tsx.*Being written.*\d+ lines/ })).toBeVisible()
  expect(within(card).getByLabelText('Content of src/App.tsx')).toHaveTextContent(
    "import { Timer } from './components/Timer'",
  )
  expect(card).toHaveTextContent('2 files sent of 8')
  expect(card).not.toHaveTextContent('price not known')
})

test('a click on another file shows that one stream', async () => {
  show(until((e) => e.type === 'file_closed' && e.path === 'src/App.tsx'))
  await userEvent.click(screen.getByRole('button', { name: /main\.tsx/ }))
  expect(screen.getByLabelText('Content of src/main.tsx')).toHaveTextContent('createRoot')
})

test('a failed check leads to its line, and the repair is marked as not charged', async () => {
  const { openFile, card } = show(until((e) => e.type === 'repair_started'))
  expect(card).toHaveTextContent('Mending: An import leads nowhere')
  expect(card).toHaveTextContent('not charged')
  await userEvent.click(screen.getByRole('button', { name: 'src/App.tsx:5' }))
  expect(openFile).toHaveBeenCalledExactlyOnceWith('src/App.tsx', 5)
})

test('when done it folds to one line and opens again', async () => {
  show(applyAll(initialTurn, EVENTS))
  expect(header()).toHaveAttribute('aria-expanded', 'false')
  expect(header()).toHaveTextContent(/verified.*6 files.*\$0\.05/)
  await userEvent.click(header())
  expect(screen.getByText('Show statistics')).toBeVisible()
  expect(screen.getByRole('article')).toHaveTextContent('of it <$0.01 repairs, not charged')
})

test('a finished turn is told from its summary alone', async () => {
  const generation: Generation = {
    id: 'g',
    project_id: 'p',
    message_id: 'm',
    mode: 'build',
    model: null,
    status: 'done',
    last_seq: 40,
    queued_at: '2026-11-24T12:00:00Z',
    started_at: '2026-11-24T12:00:00Z',
    finished_at: '2026-11-24T12:00:09Z',
    summary: {
      plan: [{ text: 'One thing', done: true }],
      files: [{ path: 'src/a.ts', op: 'write', added: 12, removed: 3 }],
      version: 4,
      verified: false,
      repairs: 1,
      usage: { input: 9_000, output: 900, cache_read: 2_000, cache_write: 0, reported: false },
      cost_nanousd: 41_000_000,
      naive_input_tokens: 80_000,
      naive_output_tokens: 7_400,
      naive_cost_nanousd: 351_000_000,
      roles: [],
      review: null,
      smoke: [],
      questions: [],
      screenshot: null,
      rolled_back: null,
      duration_ms: 9_100,
      error: null,
      error_message: null,
    },
  }
  const { openFile } = show(turnFromGeneration(generation), generation)
  expect(header()).toHaveTextContent(/Version 4.*not verified.*1 file.*~\$0\.04.*9\.1 s/)
  await userEvent.click(header())
  expect(screen.getByRole('article')).toHaveTextContent('~11k in, 900 out')
  expect(screen.getByRole('article')).toHaveTextContent('vs sending every file: ~87.4k, ~$0.35')
  await userEvent.click(screen.getByRole('button', { name: /a\.ts/ }))
  expect(openFile).toHaveBeenCalledWith('src/a.ts')
})

const after = (...data: EventData[]) =>
  applyAll(
    initialTurn,
    [EVENTS[0] as EventData, ...data].map((each, i): Event => ({
      ...each,
      seq: i + 1,
      at: new Date().toISOString(),
    })),
  )

test('a turn that waits says for what', () => {
  show(after({ type: 'queue_position', position: 2 }, { type: 'queue_position', position: 1 }))
  expect(header()).toHaveTextContent('Waiting: 1 turn before yours')
})

test('the next in the queue knows it', () => {
  show(after({ type: 'queue_position', position: 0 }))
  expect(header()).toHaveTextContent('Waiting: yours is the next turn')
})

test('a call that is made again says why, when, and how often it is tried', () => {
  const reason = 'The provider is busy. Try again in 4 s, or choose another model.'
  const { card } = show(after({ type: 'retrying', step: 1, attempt: 2, wait_ms: 4_000, reason }))
  expect(header()).toHaveTextContent('Waiting for the provider')
  expect(card).toHaveTextContent('The provider is busy. Trying again in 4 s (2 of 3)')
})

test('an answer that comes ends the wait', () => {
  const reason = 'The provider is busy.'
  const { card } = show(
    after(
      { type: 'retrying', step: 1, attempt: 2, wait_ms: 4_000, reason },
      { type: 'text_delta', text: 'Here it is.' },
    ),
  )
  expect(card).not.toHaveTextContent('busy')
  expect(header()).toHaveTextContent('Working')
})

test('a turn that goes on after a restart says so', () => {
  const { card } = show(
    after(
      { type: 'text_delta', text: 'a' },
      { type: 'resumed', attempt: 2 },
      { type: 'superseded', from_seq: 2 },
    ),
  )
  expect(card).toHaveTextContent('The server was restarted. Going on from where it was.')
})

test.each<[Trouble, string]>([
  [{ kind: 'lost', problem: 'Connection lost.', retryAt: null }, 'Connection lost'],
  [{ kind: 'catching_up' }, 'Catching up'],
  [{ kind: 'gone', problem: 'It cannot be read.' }, 'Not followed'],
])('while the connection has trouble the card does not pretend to see: %o', (trouble, words) => {
  show(
    until((e) => e.type === 'file_opened'),
    null,
    trouble,
  )
  expect(header()).toHaveTextContent(words)
  expect(header()).not.toHaveTextContent('Writing')
  expect(header().querySelector('.animate-pulse-dot')).toBeNull()
})

test('a failure says why, where it is read', () => {
  const events: Event[] = [
    {
      seq: 1,
      at: '2026-11-24T12:00:00Z',
      type: 'generation_started',
      generation_id: 'g',
      mode: 'build',
      model: 'm',
    },
    {
      seq: 2,
      at: '2026-11-24T12:00:01Z',
      type: 'failed',
      code: 'provider_overloaded',
      message: 'Retry in a minute.',
      retryable: true,
    },
  ]
  show(applyAll(initialTurn, events))
  expect(header()).toHaveTextContent('Did not finish')
  expect(screen.getByRole('alert')).toHaveTextContent('Retry in a minute.')
})

test.each([
  ['local', 'Runs in a sandbox on this server.'],
  ['moonbase', 'Runs on the moon, as only a newer server knows.'],
])('where the app runs is said with its reason: %s', (engine, reason) => {
  const at = new Date().toISOString()
  const started: Event = {
    seq: 1,
    at,
    type: 'generation_started',
    generation_id: 'g',
    mode: 'build',
    model: null,
  }
  const decided = { seq: 2, at, type: 'sandbox_decided', engine, reason } as Event
  show(applyAll(initialTurn, [started, decided]))
  expect(screen.getByText(reason)).toBeVisible()
})
