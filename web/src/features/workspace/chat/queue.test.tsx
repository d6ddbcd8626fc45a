import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { toast } from 'sonner'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { closeAllStreams } from '@/stream/useGeneration'
import { violations } from '@/testing/axe'
import { enqueue } from '@/testing/chatHandlers'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'
import { wideScreen } from '@/testing/wide'

import { WorkspacePage } from '../WorkspacePage'

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
const open = () =>
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
const composer = () => screen.findByLabelText('Message to the agent')
const queue = async () => within(await screen.findByRole('list', { name: /Sent next|waits?$/ }))
const texts = () => first().queue.map(({ text }) => text)

/** A project whose agent works for as long as the test wants. */
function busy(...waiting: string[]) {
  context.db.speed = 0.001
  context.db.startTurn(first(), 'A timer')
  for (const message of waiting) enqueue(first(), { message })
}

test('what is sent while a turn runs waits, and begins by itself', async () => {
  context.db.speed = 1
  context.db.startTurn(first(), 'A timer')
  open()
  const stop = await screen.findByText('Stop')
  await userEvent.type(await composer(), 'Dark')
  await userEvent.click(screen.getByLabelText('Send next'))
  expect(await screen.findByText('Sent next, in this order')).toBeVisible()
  expect(await composer()).toHaveValue('')
  expect(texts()).toEqual(['Dark'])

  context.db.speed = 1_000
  await userEvent.click(stop)
  // It leaves the queue for the chat, and its turn is followed to the end.
  await waitFor(() => expect(screen.queryByText('Sent next, in this order')).toBeNull())
  expect(await screen.findByText('Dark')).toBeVisible()
  expect(await screen.findByText('v2')).toBeVisible()
})

test('what waits is there after a reload, and can be moved by buttons and by keys', async () => {
  busy('one', 'two', 'three')
  open()
  const list = await queue()
  await userEvent.click(await list.findByRole('button', { name: 'Move message 3 up' }))
  await waitFor(() => expect(texts()).toEqual(['one', 'three', 'two']))
  expect(list.getByRole('button', { name: 'Move message 1 up' })).toBeDisabled()
  list.getByRole('button', { name: 'Edit message 1: one' }).focus()
  await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}')
  await waitFor(() => expect(texts()).toEqual(['three', 'one', 'two']))
  expect(screen.getByText('Moved to place 2 of 3')).toBeInTheDocument()
  expect(await list.findByRole('button', { name: 'Edit message 2: one' })).toHaveFocus()
  expect(await violations(screen.getByRole('list', { name: 'Sent next, in this order' }))).toEqual([])
})

test('a message that waits is changed in place', async () => {
  busy('one')
  open()
  const list = await queue()
  await userEvent.click(await list.findByRole('button', { name: 'Edit message 1: one' }))
  const field = list.getByLabelText('Text of message 1')
  expect(field).toHaveFocus()
  await userEvent.type(field, ' and a half{Enter}')
  await waitFor(() => expect(texts()).toEqual(['one and a half']))
  await userEvent.click(await list.findByRole('button', { name: /Edit message 1/ }))
  await userEvent.type(list.getByLabelText('Text of message 1'), ' no{Escape}')
  expect(texts()).toEqual(['one and a half'])
})

test('one that is removed can be put back in its place', async () => {
  busy('one', 'two')
  open()
  const list = await queue()
  await userEvent.click(await list.findByRole('button', { name: 'Remove message 1' }))
  await waitFor(() => expect(texts()).toEqual(['two']))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(texts()).toEqual(['one', 'two']))
})

test('a change that fails is taken back, and said', async () => {
  busy('one', 'two')
  context.server.use(
    http.patch('/api/projects/:id/queue/:message', () => problem(409, 'conflict', 'It is being sent.')),
  )
  open()
  const list = await queue()
  await userEvent.click(await list.findByRole('button', { name: 'Move message 2 up' }))
  expect(await screen.findByText('The message was not moved')).toBeVisible()
  expect(await list.findByRole('button', { name: 'Edit message 2: two' })).toBeVisible()
})

test('one that was held says why, and is sent when asked', async () => {
  enqueue(first(), { message: 'one' }, 'This month’s budget is spent. Raise it, or wait until 1 December.')
  open()
  const list = await queue()
  expect(await list.findByText(/Not sent\. This month’s budget is spent/)).toBeVisible()
  await userEvent.click(list.getByRole('button', { name: 'Send now' }))
  await waitFor(() => expect(first().project.head_version).toBe(2))
  expect(await within(screen.getByRole('region', { name: 'Chat' })).findByText('one')).toBeVisible()
})

test('who may only look sees no queue', async () => {
  first().project.role = 'viewer'
  enqueue(first(), { message: 'one' })
  open()
  expect(await screen.findByText(/You can look at this project/)).toBeVisible()
  expect(screen.queryByText('one')).toBeNull()
})
