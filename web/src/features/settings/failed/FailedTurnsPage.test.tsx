import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { toast } from 'sonner'
import { afterEach, expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { FailedTurnsPage } from './FailedTurnsPage'

const context = mockServer()
afterEach(() => {
  toast.dismiss()
})

/** A failed turn in the project with this number. */
async function fail(number: number, message = 'Please fail') {
  const state = [...context.db.projects.values()][number]
  if (!state) throw new Error('the mock has no such project')
  const before = context.db.letters.length
  context.db.startTurn(state, message)
  await waitFor(() => expect(context.db.letters.length).toBe(before + 1))
  return { state, letter: context.db.letters[0] }
}
const open = (query = '') => renderApp(<FailedTurnsPage />, { path: `/settings/failed-turns${query}` })

test('each says where, why, what was asked, and leads to its chat', async () => {
  const { state } = await fail(0)
  open()
  const row = await screen.findByRole('article', { name: /^Focus timer: The provider is overloaded/ })
  expect(within(row).getByRole('link', { name: 'Focus timer' })).toHaveAttribute(
    'href',
    `/projects/${state.project.id}?view=chat`,
  )
  expect(row).toHaveTextContent('Please fail')
  expect(row).toHaveTextContent('just now')
  // One's own needs no name.
  expect(row).not.toHaveTextContent('asked by')
})

test('one is tried again and leaves the list', async () => {
  await fail(0)
  open()
  await userEvent.click(await screen.findByRole('button', { name: 'Retry: Focus timer' }))
  expect(await screen.findByText('Focus timer: the turn runs again')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Watch' })).toBeVisible()
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'All' }))
  expect(await screen.findByText('tried again')).toBeVisible()
  expect(screen.queryByRole('button', { name: /^Retry/ })).toBeNull()
})

test('one is discarded only after a question', async () => {
  await fail(0)
  open()
  const discard = await screen.findByRole('button', { name: 'Discard: Focus timer' })
  await userEvent.click(discard)
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Keep it' }))
  expect(context.db.letters[0]?.state).toBe('open')
  await userEvent.click(discard)
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Discard' }))
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
  expect(context.db.letters[0]?.state).toBe('discarded')
})

test('what somebody else has decided is said, and the list is fetched anew', async () => {
  const { letter } = await fail(0)
  open()
  const retry = await screen.findByRole('button', { name: 'Retry: Focus timer' })
  if (letter) letter.state = 'discarded'
  await userEvent.click(retry)
  expect(await screen.findByText('Somebody has decided about it already.')).toBeVisible()
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
})

test('those of one project are shown alone, and all again', async () => {
  const { state } = await fail(0)
  await fail(2)
  open(`?project=${state.project.id}`)
  await waitFor(() =>
    expect(screen.getByText('Only of', { exact: false })).toHaveTextContent('Only of Focus timer'),
  )
  expect(await screen.findAllByRole('article')).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: 'Show those of all projects' }))
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2))
})

test('administrators see whose they are', async () => {
  const { letter } = await fail(0)
  if (letter) Object.assign(letter, { user_id: 'somebody', user_name: 'Eve', attempts: 3 })
  open()
  const row = await screen.findByRole('article')
  expect(row).toHaveTextContent('asked by Eve')
  expect(row).toHaveTextContent('tried 3 times')
  expect(screen.getByText(/any project of this server/)).toBeVisible()
})

test('a list that fails says so and is asked for again', async () => {
  context.server.use(
    http.get('/api/dead-letters', () => problem(400, 'invalid', 'It cannot be read.'), { once: true }),
  )
  await fail(0)
  open()
  expect(await screen.findByText('The failed turns did not load')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('article')).toBeVisible()
})

test('a long list is shown page by page', async () => {
  const { letter } = await fail(0)
  context.server.use(
    http.get('/api/dead-letters', ({ request }) => {
      const second = new URL(request.url).searchParams.get('cursor') === 'two'
      return HttpResponse.json({
        items: [{ ...letter, id: second ? 'b' : 'a' }],
        next_cursor: second ? null : 'two',
      })
    }),
  )
  open()
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2))
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
})
