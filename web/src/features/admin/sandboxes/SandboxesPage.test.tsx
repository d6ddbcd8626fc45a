import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { engineOf, onServer } from '@/testing/sandboxHandlers'
import { mockServer } from '@/testing/server'

import { SandboxesPage } from './SandboxesPage'

const context = mockServer()
const firstProject = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}

test('engines say how they are; a machine is stopped by who has read what that does', async () => {
  firstProject().sandbox = onServer()
  renderApp(<SandboxesPage />)
  const local = within(await screen.findByRole('region', { name: 'This server' }))
  expect(local.getByText('Ready')).toBeVisible()
  expect(local.getByText('1').parentElement).toHaveTextContent('1 of 8 running')
  expect(local.getByRole('meter', { name: 'Memory promised' })).toHaveAttribute(
    'aria-valuetext',
    '1.5 GB of 12 GB',
  )
  const daytona = within(screen.getByRole('region', { name: 'Daytona' }))
  expect(daytona.getByText('Not available')).toBeVisible()
  expect(daytona.getByText(/Set QUICKVIBE_DAYTONA_API_KEY/)).toBeVisible()

  await userEvent.click(screen.getByRole('button', { name: 'Stop: Focus timer' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Stop the machine of Focus timer?' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Stop' }))
  expect(await screen.findByText('Stopped')).toBeVisible()
  expect(screen.queryByRole('button', { name: /^Stop/ })).toBeNull()
})

test('a refusal to stop is told, and nothing changes', async () => {
  firstProject().sandbox = onServer()
  context.server.use(
    http.post('/api/admin/sandboxes/:id/stop', () => problem(409, 'conflict', 'It is being deleted.')),
  )
  renderApp(<SandboxesPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Stop: Focus timer' }))
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Stop' }))
  expect(await screen.findByText('It is being deleted.')).toBeVisible()
  expect(screen.getByText('Running')).toBeVisible()
})

test('without a machine it teaches when there is one; the licence of WebContainer is stated', async () => {
  renderApp(<SandboxesPage />)
  expect(await screen.findByText('No app needs a machine yet')).toBeVisible()
  const webcontainer = within(screen.getByRole('region', { name: 'WebContainer' }))
  expect(webcontainer.getByText('Off')).toBeVisible()
  expect(webcontainer.getByText(/needs a licence from them for commercial use/)).toBeVisible()
})

test('an engine that decides for itself has no limits to show', async () => {
  context.server.use(
    http.get('/api/admin/sandboxes', () =>
      HttpResponse.json({
        engines: [
          engineOf('daytona', {
            running: 3,
            memory_bytes: 3e9,
            seconds_this_month: 7_200,
            cost_nanousd: 1_240_000_000,
          }),
          engineOf('webcontainer', { note: 'On.' }),
        ],
        sandboxes: [],
      }),
    ),
  )
  renderApp(<SandboxesPage />)
  const daytona = within(await screen.findByRole('region', { name: 'Daytona' }))
  expect(daytona.getByText('3 GB of memory promised to them')).toBeVisible()
  expect(daytona.getByText('$1.24')).toBeVisible()
  expect(daytona.queryByRole('meter')).toBeNull()
  expect(screen.getAllByRole('region', { name: 'WebContainer' })).toHaveLength(1)
})

test('what does not load can be asked for again', async () => {
  context.server.use(http.get('/api/admin/sandboxes', () => problem(403, 'forbidden', 'No.'), { once: true }))
  renderApp(<SandboxesPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('No app needs a machine yet')).toBeVisible()
})
