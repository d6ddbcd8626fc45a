import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { toast } from 'sonner'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { type Problem, type StartTurn } from '@/api/generated/wire'
import { closeAllStreams } from '@/stream/useGeneration'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { WorkspacePage } from './WorkspacePage'

const context = mockServer()

beforeEach(() => {
  // A wide screen.
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: true,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
})
afterEach(() => {
  closeAllStreams()
  toast.dismiss()
  vi.unstubAllGlobals()
})

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const open = (query = '') =>
  renderApp(<WorkspacePage />, {
    path: `/projects/${first().project.id}${query}`,
    route: '/projects/:projectId',
  })
const composer = () => screen.findByLabelText('Message to the agent')

describe('the composer', () => {
  test('sends on Enter, breaks lines on Shift+Enter, shows the work and empties itself', async () => {
    open()
    await userEvent.type(await composer(), 'A timer{Shift>}{Enter}{/Shift}in the dark{Enter}')
    const chat = screen.getByRole('region', { name: 'Chat' })
    expect(await within(chat).findByText(/A timer\s+in the dark/)).toBeVisible()
    expect(await composer()).toHaveValue('')
    await waitFor(() => expect(within(chat).getByRole('article')).toHaveTextContent(/Version 2.*verified/))
    expect(within(chat).getByText(/keeps your sessions in this browser/)).toBeVisible()
    expect(await screen.findByText('v2')).toBeVisible()
  })

  test('keeps what was written when sending fails, and says why', async () => {
    context.server.use(
      http.post('/api/projects/:id/turns', () =>
        problem(409, 'busy', 'The agent is still at work on this project.'),
      ),
    )
    open()
    await userEvent.type(await composer(), 'Change it{Enter}')
    expect(await screen.findByText('The agent is still at work')).toBeVisible()
    expect(await composer()).toHaveValue('Change it')
  })

  test('keeps a draft over a visit', async () => {
    const { unmount } = open()
    await userEvent.type(await composer(), 'Half a thought')
    unmount()
    open()
    expect(await composer()).toHaveValue('Half a thought')
  })

  test('sends the mode that was chosen, and which files are open', async () => {
    const sent: StartTurn[] = []
    context.server.events.on('request:start', ({ request }) => {
      if (request.url.endsWith('/turns'))
        void request
          .clone()
          .json()
          .then((body) => sent.push(body as StartTurn))
    })
    const { id } = first().project
    localStorage.setItem(`qv-tabs-${id}`, JSON.stringify(['src/App.tsx', 'src/theme.ts']))
    localStorage.setItem(`qv-tab-${id}`, 'src/theme.ts')
    open()
    const field = await composer()
    await userEvent.click(screen.getByRole('combobox', { name: 'What the turn is for' }))
    await userEvent.click(await screen.findByRole('option', { name: /Ask/ }))
    await userEvent.type(field, 'How does it count?{Enter}')
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]).toMatchObject({
      message: 'How does it count?',
      mode: 'ask',
      context: { open_files: ['src/theme.ts', 'src/App.tsx'] },
    })
  })

  test('is not there for people who may only look', async () => {
    first().project.role = 'viewer'
    open()
    expect(await screen.findByText(/You can look at this project/)).toBeVisible()
    expect(screen.queryByRole('textbox')).toBeNull()
  })
})

test('a running turn can be stopped', async () => {
  context.db.speed = 1
  open()
  await userEvent.type(await composer(), 'A timer{Enter}')
  await userEvent.click(await screen.findByText('Stop'))
  await waitFor(() => expect(screen.getByRole('article')).toHaveTextContent('Stopped'))
  expect(screen.getByRole('button', { name: 'Retry' })).toBeVisible()
})

test('a failed turn says why and can be tried again', async () => {
  open()
  await userEvent.type(await composer(), 'Please fail{Enter}')
  expect(await screen.findByText(/The provider is overloaded/)).toBeVisible()
  expect(await screen.findByRole('link', { name: 'Failed turns' })).toHaveAttribute(
    'href',
    `/settings/failed-turns?project=${first().project.id}`,
  )
  await userEvent.click(await screen.findByText('Retry'))
  await waitFor(() => expect(first().project.head_version).toBe(2))
})

test('a turn that runs is followed after a reload', async () => {
  context.db.speed = 20
  context.db.startTurn(first(), 'A timer')
  open()
  expect(await screen.findByText('A timer')).toBeVisible()
  await waitFor(() => expect(screen.getByRole('article')).toHaveTextContent(/Builder|Planner/))
  context.db.speed = 1_000
  await waitFor(() => expect(screen.getByRole('article')).toHaveTextContent(/Version 2/))
})

test('a connection that breaks is said quietly, and the same text goes on', async () => {
  context.db.speed = 20
  const { generation } = context.db.startTurn(first(), 'A timer')
  let asked = 0
  let dead = true
  // A wait that the server names is long enough to be read, and to be pressed.
  const away = {
    type: '/docs/errors#unavailable',
    title: 'The server restarts',
    status: 503,
    detail: 'The server restarts.',
    code: 'unavailable',
    retryable: true,
    retry_after: 12,
  } satisfies Problem
  context.server.use(
    http.get('/api/generations/:id/events', () => {
      if (++asked > 1) return dead ? HttpResponse.json(away, { status: 503 }) : undefined
      const events = context.db.runs.get(generation.id)?.events.slice(0, 12) ?? []
      const body = events.map((each) => `id: ${each.seq}\ndata: ${JSON.stringify(each)}\n\n`).join('')
      return HttpResponse.text(body, { headers: { 'content-type': 'text/event-stream' } })
    }),
  )
  open()
  expect(await screen.findByText(/Connection lost\. Trying again in \d+ s/)).toBeVisible()
  dead = false
  context.db.speed = 1_000
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }))
  await waitFor(() => expect(screen.getByRole('article')).toHaveTextContent(/Version 2.*verified/))
  expect(screen.getAllByText(/A focus timer with a dark face/)).toHaveLength(1)
  expect(screen.queryByText(/Connection lost/)).toBeNull()
})

test('a change that waits is opened from its turn', async () => {
  open()
  await userEvent.type(await composer(), 'I am unsure{Enter}')
  await userEvent.click(await screen.findByRole('button', { name: 'Look at it' }))
  const bar = await screen.findByRole('button', { name: /A change of the agent’s waits/ })
  await waitFor(() => expect(bar).toHaveFocus())
  expect(bar).toHaveAttribute('aria-expanded', 'true')
  expect(screen.getByRole('region', { name: 'Change to src/styles.css' })).toBeVisible()
})

test('a turn can be undone from where it is read', async () => {
  open()
  await userEvent.type(await composer(), 'A timer{Enter}')
  await userEvent.click(await screen.findByText('Undo this turn'))
  expect(await screen.findByText('Undone: version 3 has the files of version 1')).toBeVisible()
})

test('the project is renamed in place', async () => {
  open()
  await userEvent.click(await screen.findByRole('button', { name: 'Focus timer' }))
  await userEvent.type(screen.getByLabelText('Name of the project'), '{Control>}a{/Control}Pomodoro{Enter}')
  expect(await screen.findByRole('button', { name: 'Pomodoro' })).toBeVisible()
  expect(first().project.name).toBe('Pomodoro')
})

test('the frame is kept apart: no origin of ours in opaque mode', async () => {
  open()
  const frame = await screen.findByTitle('Focus timer, running')
  expect(frame.getAttribute('sandbox')).toBe('allow-scripts allow-forms allow-modals allow-popups')
})

test('messages from elsewhere than the frame are not heard', async () => {
  open()
  await screen.findByTitle('Focus timer, running')
  const data = { qv: 1, type: 'error', message: 'forged' }
  window.dispatchEvent(new MessageEvent('message', { data, source: window, origin: 'null' }))
  const frame = screen.getByTitle<HTMLIFrameElement>('Focus timer, running').contentWindow
  window.dispatchEvent(new MessageEvent('message', { data, source: frame, origin: 'https://evil.example' }))
  expect(screen.getByRole('button', { name: /Console:\s*0 errors,\s*0 warnings/ })).toBeVisible()
  window.dispatchEvent(
    new MessageEvent('message', { data: { ...data, message: 'real' }, source: frame, origin: 'null' }),
  )
  await userEvent.click(await screen.findByRole('button', { name: /Console:\s*1\s*error,\s*0 warnings/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Fix this' }))
  expect(await composer()).toHaveValue('The preview reports an error. Please fix it:\n\n- real')
})

test('versions are compared and restored, with a way back', async () => {
  const state = first()
  state.files.set('src/styles.css', 'body { color: red; }\n')
  context.db.addVersion(state, 'edit', 'Edit src/styles.css', true)
  open('?view=versions')
  const list = await screen.findByRole('list', { name: 'Versions, newest first' })
  expect(await screen.findByRole('region', { name: 'Changed: src/styles.css' })).toHaveTextContent(
    'body { color: red; }',
  )
  await userEvent.click(within(list).getByRole('button', { name: 'Restore version 1 as a new version' }))
  const asks = within(await screen.findByRole('dialog', { name: 'Restore version 1?' }))
  expect(asks.getByRole('radio', { name: /Files only/ })).toBeChecked()
  await userEvent.click(asks.getByRole('button', { name: 'Restore' }))
  expect(await screen.findByText('Version 3 has the files of version 1')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(state.project.head_version).toBe(4))
  expect(state.files.get('src/styles.css')).toBe('body { color: red; }\n')
})

test('a project that is gone says so', async () => {
  renderApp(<WorkspacePage />, { path: '/projects/nope', route: '/projects/:projectId' })
  expect(await screen.findByRole('alert')).toHaveTextContent('There is no such project')
})

test('a list that fails offers to try again', async () => {
  context.server.use(
    http.get('/api/projects/:id/messages', () => HttpResponse.text('boom', { status: 400 }), { once: true }),
  )
  open()
  expect(await screen.findByText('The chat did not load')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Say what should change')).toBeVisible()
})
