import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { toast } from 'sonner'
import { afterEach, expect, test, vi } from 'vitest'

import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { renderInWorkspace } from '@/testing/renderInWorkspace'
import { mockServer } from '@/testing/server'

import { SuggestionsBar } from './SuggestionsBar'

const context = mockServer()

afterEach(() => {
  vi.useRealTimers()
  toast.dismiss()
})

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const BODY = { id: 's1', path: 'src/styles.css', find: '#14161f', replace: '#202430' }
const GONE = { id: 's2', path: 'src/App.tsx', find: 'nowhere', replace: 'x' }

test('each is shown with its lines, and made when asked', async () => {
  first().suggestions = [BODY, GONE]
  renderInWorkspace(<SuggestionsBar />, first())
  const bar = await screen.findByRole('button', {
    name: /2 changes of the agent’s wait: you had written in the same places/,
  })
  await userEvent.click(bar)
  const change = within(screen.getByRole('region', { name: 'Change to src/styles.css' }))
  expect(change.getByText(/background: #202430/)).toBeVisible()
  const gone = within(screen.getByRole('region', { name: 'Change to src/App.tsx' }))
  expect(gone.getByRole('button', { name: 'Make it' })).toBeDisabled()
  expect(gone.getByText(/The place in the file is gone/)).toBeVisible()
  expect(await violations()).toEqual([])
  await userEvent.click(change.getByRole('button', { name: 'Make it' }))
  await waitFor(() => expect(first().files.get('src/styles.css')).toContain('#202430'))
  expect(await screen.findByText(/A change of the agent’s waits/)).toBeVisible()
})

test('one that is left can be asked back; then it is left for good', async () => {
  first().suggestions = [BODY]
  renderInWorkspace(<SuggestionsBar />, first())
  await userEvent.click(await screen.findByRole('button', { name: /A change of the agent’s waits/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Leave it' }))
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Changes that wait' })).toBeNull())
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  const again = await screen.findByRole('button', { name: 'Leave it' })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  fireEvent.click(again)
  expect(first().suggestions).toHaveLength(1)
  vi.advanceTimersByTime(10_000)
  vi.useRealTimers()
  await waitFor(() => expect(first().suggestions).toHaveLength(0))
})

test('a refusal leaves the file as it is', async () => {
  first().suggestions = [BODY]
  context.server.use(
    http.post('/api/projects/:id/suggestions/:suggestion/apply', () =>
      problem(409, 'conflict', 'The file has changed since.'),
    ),
  )
  renderInWorkspace(<SuggestionsBar />, first())
  await userEvent.click(await screen.findByRole('button', { name: /A change of the agent’s waits/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Make it' }))
  expect(await screen.findByText('The change was not made. The file is as before.')).toBeVisible()
})
