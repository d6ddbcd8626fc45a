import { QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { expect, test, vi } from 'vitest'

import { type Event, type EventData, type Generation, type GenerationSummary } from '@/api/generated/wire'
import { createQueryClient } from '@/api/queryClient'
import { applyAll } from '@/stream/reducer'
import { initialTurn, type TurnState } from '@/stream/state'
import { turnFromGeneration } from '@/stream/summary'
import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { scriptFor } from '@/testing/script'
import { SCREENSHOT, smoke } from '@/testing/scripts'
import { mockServer } from '@/testing/server'
import { summarise } from '@/testing/summarise'
import { Toaster } from '@/ui/Toaster'
import { TooltipProvider } from '@/ui/Tooltip'

import { WorkspaceContext, type Workspace } from '../context'
import { TurnCard } from './TurnCard'
import { announcementOf } from './words'

const context = mockServer()

const eventsOf = (...data: EventData[]): Event[] =>
  data.map((each, i) => ({ seq: i + 1, at: new Date(1_000 * i).toISOString(), ...each }))
const turnOf = (...data: EventData[]) => applyAll(initialTurn, eventsOf(...data))
const scripted = (words: string) => scriptFor('g', 'build', words).map(([, data]) => data)
const until = (words: string, type: EventData['type']) => {
  const data = scripted(words)
  return data.slice(0, data.findIndex((each) => each.type === type) + 1)
}
const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}

function show(turn: TurnState, generation: Generation | null = null, canEdit = true) {
  const workspace = { openFile: vi.fn(), showWaiting: vi.fn() }
  render(
    <QueryClientProvider client={createQueryClient()}>
      <TooltipProvider>
        <WorkspaceContext value={{ ...workspace, project: first().project, canEdit } as unknown as Workspace}>
          <TurnCard id="g" turn={turn} generation={generation} />
        </WorkspaceContext>
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>,
  )
  return { ...workspace, card: screen.getByRole('article') }
}
const unfold = async () => {
  const [header] = within(screen.getByRole('article')).getAllByRole('button')
  if (header?.getAttribute('aria-expanded') === 'false') await userEvent.click(header)
}
const finished = (events: Event[], change: Partial<GenerationSummary> = {}): Generation => ({
  id: 'g',
  project_id: 'p',
  message_id: 'm',
  mode: 'build',
  model: 'anthropic/claude-sonnet',
  status: 'done',
  last_seq: events.length,
  queued_at: '2026-11-24T12:00:00Z',
  started_at: '2026-11-24T12:00:00Z',
  finished_at: '2026-11-24T12:00:09Z',
  summary: { ...summarise(events, 'anthropic/claude-sonnet'), ...change },
})

test('the parts of the agent’s are told while they work, with a model of their own', async () => {
  const turn = turnOf(
    ...scripted('a timer').slice(0, -12),
    {
      type: 'role_changed',
      role: 'reviewer',
      note: 'Reading the change',
    },
    {
      type: 'step_started',
      step: 3,
      kind: 'review',
      role: 'reviewer',
      model: 'ollama/qwen3-coder',
      files_sent: 1,
      files_total: 8,
      input_tokens: 9,
    },
  )
  const { card } = show(turn)
  const list = within(card).getByRole('list', { name: 'Who works' })
  const now = within(list)
    .getAllByRole('listitem')
    .filter((item) => item.hasAttribute('aria-current'))
  expect(now).toHaveLength(1)
  expect(now[0]).toHaveTextContent('Reviewer')
  expect(now[0]).toHaveTextContent('qwen3-coder')
  expect(within(list).getByText('Planner').closest('li')).not.toHaveAttribute('aria-current')
  expect(await violations(card)).toEqual([])
})

test('a finished turn tells what each part took', async () => {
  const events = eventsOf(...scripted('a timer'))
  const generation = finished(events)
  const { card } = show(turnFromGeneration(generation), generation)
  await unfold()
  await userEvent.click(within(card).getByText('Cost by role'))
  const rows = within(within(card).getByRole('table'))
    .getAllByRole('row')
    .slice(1)
    .map((row) => [...row.children].map((cell) => cell.textContent))
  expect(rows).toEqual([
    ['Builder', 'claude-sonnet', '2', '8.8k', '$0.05'],
    ['Reviewer', 'qwen3-coder', '1', '2.8k', '$0.00'],
    ['Tester', 'qwen3-coder', '1', '2.9k', '$0.00'],
  ])
})

test('warnings are told apart from errors, and stand after them', () => {
  const at = { path: 'src/App.tsx', line: 3, column: 1 } as const
  const { card } = show(
    turnOf(
      {
        type: 'check_finished',
        check: 'lint',
        ok: false,
        diagnostics: [
          { ...at, kind: 'unused', severity: 'warning', message: 'Not used.' },
          { ...at, kind: 'asset', severity: 'error', message: 'There is no such picture.' },
        ],
      },
      {
        type: 'check_finished',
        check: 'types',
        ok: true,
        diagnostics: [{ ...at, kind: 'types', severity: 'warning', message: 'Any.' }],
      },
      {
        type: 'check_finished',
        check: 'runtime',
        ok: false,
        diagnostics: [{ ...at, kind: 'accessibility', severity: 'warning', message: 'No name.' }],
      },
    ),
  )
  const row = (name: string) => within(card).getByText(name).closest('li')
  expect(row('Reads well')).toHaveTextContent(
    /1 problem, 1 warning.*Error.*no such picture.*Warning.*Not used/,
  )
  expect(row('Types fit')).toHaveTextContent('ok, 1 warning')
  expect(row('Runs in a browser')).toHaveTextContent('1 warning')
  expect(row('Runs in a browser')).not.toHaveTextContent(/problem|failed/)
})

test('a check that worked before says which step failed, and leads to its file', async () => {
  const { card, openFile } = show(turnOf(...until('break', 'repair_started')))
  expect(card).toHaveTextContent('Still does what it did1 of 2 failed')
  const list = within(card).getByRole('list', { name: 'What worked before' })
  const [broken, fine] = within(list).getAllByRole('listitem')
  if (!fine) throw new Error('a check is missing')
  expect(broken).toHaveTextContent(/The timer starts.*failed.*worked before.*Step 2, click "Start"/)
  expect(fine).toHaveTextContent(/The page opens.*ok/)
  expect(within(fine).queryByRole('button')).toBeNull()
  expect(await violations(card)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Show the check: The timer starts' }))
  expect(openFile).toHaveBeenCalledExactlyOnceWith('checks/starts.check')
})

test('a change that was meant takes its check away', async () => {
  first().files.set('checks/starts.check', '# The timer starts\nclick "Start"\n')
  show(turnOf(...until('break', 'repair_started')))
  await userEvent.click(screen.getByRole('button', { name: 'This was meant: The timer starts' }))
  expect(await screen.findByText('“The timer starts” is checked no more')).toBeVisible()
  expect(screen.getByText('This was meant. The check is gone.')).toBeVisible()
  expect(first().files.has('checks/starts.check')).toBe(false)
})

test('a check that cannot be taken away stays', async () => {
  context.server.use(
    http.post('/api/projects/:id/checks/meant', () => problem(409, 'busy', 'The agent is still at work.')),
  )
  show(turnOf(...until('break', 'repair_started')))
  await userEvent.click(screen.getByRole('button', { name: 'This was meant: The timer starts' }))
  expect(await screen.findByText('The check was not removed')).toBeVisible()
  expect(screen.getByRole('button', { name: 'This was meant: The timer starts' })).toBeEnabled()
})

test('who only looks decides about no check', () => {
  show(turnOf(...until('break', 'repair_started')), null, false)
  expect(screen.queryByRole('button', { name: /This was meant/ })).toBeNull()
  expect(screen.getByRole('button', { name: /Show the check/ })).toBeVisible()
})

test('one that failed before is not the turn’s to answer for', () => {
  const { card } = show(turnOf({ type: 'smoke_finished', results: [smoke({ ok: false, ok_before: false })] }))
  expect(card).toHaveTextContent('failed before, too')
  expect(card).not.toHaveTextContent('worked before')
})

test('the picture of the app opens large, and may be gone', async () => {
  const { card } = show(turnOf(...until('a timer', 'screenshot')))
  await userEvent.click(within(card).getByRole('button', { name: 'Show the picture of the app larger' }))
  const dialog = await screen.findByRole('dialog', { name: 'What the app looked like' })
  expect(within(dialog).getByRole('img', { name: 'The app, as it was checked' })).toHaveAttribute(
    'src',
    SCREENSHOT,
  )
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  fireEvent.error(within(card).getByRole('img', { hidden: true }))
  expect(card).toHaveTextContent('The picture is not there any more.')
})

test('what the reviewer found leads to its file', async () => {
  const { openFile, card } = show(turnOf(...scripted('unsure')))
  await unfold()
  const review = within(card).getByText('Review').closest('section')
  if (!review) throw new Error('there is no review')
  expect(review).toHaveTextContent(/2 findings.*dark face.*Nothing says how long/)
  await userEvent.click(within(review).getByRole('button', { name: 'src/App.tsx' }))
  expect(openFile).toHaveBeenCalledExactlyOnceWith('src/App.tsx')
})

test('what waits for a person is told, also in a folded card', async () => {
  const { showWaiting, card } = show(turnOf(...scripted('unsure')))
  expect(card).toHaveTextContent(/1 change waits for you.*src\/styles\.css You changed these lines/)
  await userEvent.click(screen.getByRole('button', { name: 'Look at it' }))
  expect(showWaiting).toHaveBeenCalledOnce()
})

test('files that were taken back are as before, and count for nothing', async () => {
  const { card } = show(turnOf(...scripted('break')))
  const [header] = within(card).getAllByRole('button')
  expect(header).toHaveTextContent('Taken back')
  expect(header).not.toHaveTextContent(/1 file|\+6/)
  await unfold()
  expect(within(card).getByRole('button', { name: /App\.tsx.*Taken back.*as before/ })).toBeVisible()
})

test('a finished turn tells all of it from its summary alone', async () => {
  const events = eventsOf(...scripted('break'))
  const generation = finished(events, {
    screenshot: SCREENSHOT,
    review: [{ path: null, message: 'No dark face.' }],
    questions: [{ text: 'Who is it for?', choices: [] }],
  })
  const { card } = show(turnFromGeneration(generation), generation)
  await unfold()
  expect(card).toHaveTextContent(/Taken back.*1 of 2 failed.*The timer starts.*No dark face.*Who is it for\?/)
  expect(within(card).getByRole('img')).toHaveAttribute('src', SCREENSHOT)
  expect(within(card).getByRole('button', { name: /App\.tsx.*as before/ })).toBeVisible()
  expect(await violations(card)).toEqual([])
})

test.each<[EventData[], string]>([
  [until('break', 'smoke_finished'), '1 check of what worked before failed.'],
  [until('a timer', 'smoke_finished'), 'What worked before still does.'],
  [until('a timer', 'review_finished'), 'The reviewer found nothing wrong.'],
  [until('unsure', 'review_finished'), 'The reviewer found 2 things.'],
  [until('unsure', 'suggested'), '1 change waits for you.'],
  [
    scripted('break'),
    expect.stringMatching(/^The changes were taken back\. .*The timer starts failed/) as string,
  ],
  [scripted('something nice'), 'The agent asks you 2 questions.'],
])('it is read aloud (%#)', (data, words) => expect(announcementOf(turnOf(...data))).toEqual(words))
