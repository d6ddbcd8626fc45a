import { QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'

import { type Event, type EventData, type ToolEnd } from '@/api/generated/wire'
import { createQueryClient } from '@/api/queryClient'
import { applyAll } from '@/stream/reducer'
import { initialTurn } from '@/stream/state'
import { problem } from '@/testing/problem'
import { mockServer } from '@/testing/server'
import { TooltipProvider } from '@/ui/Tooltip'

import { WorkspaceContext, type Workspace } from '../context'
import { TurnCard } from './TurnCard'
import { activityOf, announcementOf } from './words'

const context = mockServer()

const turnOf = (...data: EventData[]) =>
  applyAll(
    initialTurn,
    data.map((each, i): Event => ({ seq: i + 1, at: new Date().toISOString(), ...each })),
  )

const element = (data: EventData[], canEdit = true) => (
  <QueryClientProvider client={createQueryClient()}>
    <TooltipProvider>
      <WorkspaceContext value={{ openFile: vi.fn(), canEdit } as unknown as Workspace}>
        <TurnCard id="g" turn={turnOf(...data)} generation={null} />
      </WorkspaceContext>
    </TooltipProvider>
  </QueryClientProvider>
)
const show = (...data: EventData[]) => render(element(data))

const header = () => {
  const [button] = within(screen.getByRole('article')).getAllByRole('button')
  if (!button) throw new Error('the card has no header')
  return button
}
const started = (tool: 'test' | 'install' = 'install', command = 'npm install express'): EventData => ({
  type: 'tool_started',
  id: 1,
  tool,
  command,
})
const wrote = (text: string): EventData => ({ type: 'tool_output', id: 1, text })
const finished = (end: ToolEnd, exit: number | null): EventData => ({
  type: 'tool_finished',
  id: 1,
  ok: exit === 0,
  exit,
  end,
  duration_ms: 3_210,
  output: '',
})
const COMMAND = `node scripts/migrate.js --all ${'--and-more '.repeat(40)}--end`
const asked: EventData = { type: 'permission_asked', id: 1, command: COMMAND, why: 'It may change any file.' }

test('a run that goes on tells its command and seconds; a click shows what it writes, in its colours', async () => {
  show(started(), wrote('\x1b[32madded 66'), wrote(' packages\x1b[39m\n'))
  expect(header()).toHaveTextContent('Running npm install express')
  const row = screen.getByRole('button', { name: /npm install express Running 0 s/ })
  expect(row).toHaveAttribute('aria-expanded', 'false')
  await userEvent.click(row)
  const output = screen.getByRole('region', { name: 'Output of npm install express' })
  expect(output).toHaveTextContent('added 66 packages')
  expect(within(output).getByText('added 66 packages')).toHaveClass('text-(--code-string)')
})

test.each([
  ['install', 'exited', 0, 'Ok 3.2 s'],
  ['install', 'exited', 127, 'Failed with exit code 127 3.2 s'],
  ['install', 'timed_out', null, 'Took too long 3.2 s'],
  ['install', 'out_of_memory', null, 'Ran out of memory 3.2 s'],
  ['install', 'not_started', null, 'Could not start'],
  ['install', 'vaporised' as ToolEnd, null, 'Failed 3.2 s'],
  ['test', 'exited', 0, 'Tests passed 3.2 s'],
  ['test', 'exited', 1, 'Tests failed 3.2 s'],
  ['test', 'timed_out', null, 'Took too long 3.2 s'],
] as const)('%s that %s with %s: %s', (tool, end, exit, words) => {
  show(started(tool, 'it'), finished(end, exit))
  expect(screen.getByRole('button', { name: `it ${words}` })).toBeVisible()
})

test('a question is shown whole, also in a folded card, and is read aloud', async () => {
  show(asked)
  expect(header()).toHaveTextContent('Waits for you')
  await userEvent.click(header())
  expect(header()).toHaveAttribute('aria-expanded', 'false')
  const question = screen.getByRole('region', { name: 'The agent wants to run' })
  expect(question.querySelector('pre')?.textContent).toBe(COMMAND)
  expect(question).toHaveTextContent('It may change any file.')
  expect(announcementOf(turnOf(asked))).toBe(
    `The agent waits for you. It wants to run ${COMMAND}. It may change any file.`,
  )
})

test.each([
  ['Allow once', true],
  ["Don't run it", false],
])('%s is told to the server, by keyboard, once', async (name, allowed) => {
  const told = vi.fn()
  context.server.use(
    http.post('/api/generations/g/permission', async ({ request }) => {
      told(await request.json())
      return new HttpResponse(null, { status: 204 })
    }),
  )
  const { rerender } = show(asked)
  const button = screen.getByRole('button', { name })
  button.focus()
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(header()).toHaveFocus())
  await userEvent.click(button)
  expect(told).toHaveBeenCalledExactlyOnceWith({ run: 1, allowed })
  const answered: EventData = { type: 'permission_answered', id: 1, allowed }
  rerender(element([asked, answered]))
  expect(screen.queryByRole('button', { name })).toBeNull()
  const word = allowed ? 'Allowed' : 'Not run'
  expect(screen.getByRole('listitem')).toHaveTextContent(word)
  expect(announcementOf(turnOf(asked, answered))).toBe(`${word}: ${COMMAND}.`)
})

test('what was allowed stays to be seen at its run', () => {
  show(
    asked,
    { type: 'permission_answered', id: 1, allowed: true },
    started('install', 'it'),
    finished('exited', 0),
  )
  expect(screen.getByRole('button', { name: 'it Allowed · Ok 3.2 s' })).toBeVisible()
})

test('an answer that comes too late says why, and can be given again', async () => {
  const words = 'This turn is over, or was taken up by another server. Reload the page.'
  context.server.use(http.post('/api/generations/g/permission', () => problem(409, 'conflict', words)))
  show(asked)
  await userEvent.click(screen.getByRole('button', { name: 'Allow once' }))
  expect(await screen.findByRole('alert')).toHaveTextContent(words)
  expect(screen.getByRole('button', { name: 'Allow once' })).not.toHaveAttribute('aria-disabled')
})

test('who only looks sees who decides', () => {
  render(element([asked], false))
  expect(screen.getByRole('region', { name: 'The agent wants to run' })).toHaveTextContent(
    'The owner or an editor of this project decides.',
  )
  expect(screen.queryByRole('button', { name: 'Allow once' })).toBeNull()
})

test('nothing hides in what one agrees to', () => {
  const command = 'echo 1\necho \u202efr- mr\u200b\x1b[8m 番茄'
  show({ ...asked, command })
  expect(
    screen.getByRole('region', { name: 'The agent wants to run' }).querySelector('pre')?.textContent,
  ).toBe('echo 1\necho \\u{202e}fr- mr\\u{200b}\\u{1b}[8m 番茄')
})

test('a turn that is over asks no more', () => {
  show(asked, { type: 'cancelled' })
  expect(screen.queryByRole('region', { name: 'The agent wants to run' })).toBeNull()
  expect(activityOf(turnOf(asked, { type: 'cancelled' }))).not.toContain('Waits')
})
