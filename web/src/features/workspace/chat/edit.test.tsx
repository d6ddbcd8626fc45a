import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { toast } from 'sonner'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { type Message } from '@/api/generated/wire'
import { closeAllStreams } from '@/stream/useGeneration'
import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'
import { wideScreen } from '@/testing/wide'

import { WorkspacePage } from '../WorkspacePage'
import { messagesIn, partsOf, turnsOf } from './turns'

const context = mockServer()

beforeEach(wideScreen)
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
const chat = () => within(screen.getByRole('region', { name: 'Chat' }))
const open = () =>
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })

/** Two turns: versions 2 and 3. */
async function talked() {
  for (const [i, text] of ['A timer', 'Make it red'].entries()) {
    context.db.startTurn(first(), text)
    await waitFor(() => expect(first().project.head_version).toBe(i + 2))
    await waitFor(() => expect(first().project.active_generation).toBeNull())
  }
  open()
  expect(await screen.findByText('Make it red')).toBeVisible()
}

async function editFirst(say: string) {
  const [earliest] = await screen.findAllByRole('button', { name: 'Edit and go on from here' })
  if (!earliest) throw new Error('no message can be edited')
  await userEvent.click(earliest)
  const field = screen.getByLabelText('Your message')
  expect(field).toHaveFocus()
  await userEvent.type(field, say)
}

test('an earlier message is said anew: files go back, the rest is folded away', async () => {
  await talked()
  await editFirst(' with sound')
  expect(screen.getByLabelText('Your message')).toHaveAccessibleDescription(
    'The files go back to before this message. Later messages are set aside.',
  )
  await userEvent.keyboard('{Enter}')
  expect(await screen.findByText('Going on from here. The later messages are set aside.')).toBeVisible()
  expect(await chat().findByText('A timer with sound')).toBeVisible()
  const aside = await chat().findByRole('button', { name: '4 messages set aside' })
  expect(chat().queryByText('Make it red')).toBeNull()

  await userEvent.click(aside)
  expect(aside).toHaveAttribute('aria-expanded', 'true')
  expect(chat().getByText('Make it red')).toBeVisible()
  const folded = chat().getByText('Make it red').closest('ol')
  expect(folded?.querySelector('button')).toBeNull()
  await waitFor(() => expect(first().project.active_generation).toBeNull())
  expect(await violations(aside.parentElement ?? undefined)).toEqual([])
})

test('it can be undone, even while the new turn runs', async () => {
  await talked()
  context.db.speed = 1
  await editFirst('{Control>}a{/Control}Something else{Enter}')
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(first().messages.find((m) => m.text === 'Make it red')?.set_aside).toBe(false))
  expect(first().project.active_generation).toBeNull()
  expect(await chat().findByText('Make it red')).toBeVisible()
})

test('leaving it sends nothing and gives the focus back', async () => {
  await talked()
  await editFirst(' no{Escape}')
  expect(screen.queryByLabelText('Your message')).toBeNull()
  expect(screen.getAllByRole('button', { name: 'Edit and go on from here' })[0]).toHaveFocus()
  expect(first().messages).toHaveLength(4)
})

test('what is refused keeps the words', async () => {
  await talked()
  context.server.use(
    http.post('/api/projects/:id/messages/:message/edit', () => problem(409, 'busy', 'The agent works.')),
  )
  await editFirst(' with sound{Enter}')
  expect(await screen.findByText('The message was not sent. Files and chat are as before.')).toBeVisible()
  expect(screen.getByLabelText('Your message')).toHaveValue('A timer with sound')
})

test('nothing is edited while a turn runs', async () => {
  context.db.speed = 0.001
  context.db.startTurn(first(), 'A timer')
  open()
  expect(await screen.findByText('A timer')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Edit and go on from here' })).toBeNull()
})

test('runs of set-aside turns are one part each', () => {
  const said = (id: string, role: Message['role'], set_aside: boolean): Message => ({
    id,
    seq: 1,
    role,
    mode: 'build',
    text: id,
    set_aside,
    images: [],
    generation: null,
    created_at: '2026-12-01T00:00:00Z',
  })
  const parts = partsOf(
    turnsOf([
      said('a', 'user', false),
      said('b', 'user', true),
      said('c', 'assistant', true),
      said('d', 'user', true),
      said('e', 'user', false),
    ]),
  )
  expect(parts.map((part) => (part.kind === 'aside' ? messagesIn(part.turns) : part.turn.id))).toEqual([
    'a',
    3,
    'e',
  ])
})
