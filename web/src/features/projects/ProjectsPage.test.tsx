import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { ProjectsPage } from './ProjectsPage'

const context = mockServer()
const rowOf = async (name: string) => {
  const row = (await screen.findByRole('link', { name })).closest('tr')
  if (!row) throw new Error(`${name} is in no row`)
  return row
}
const act = async (name: string, what: string) => {
  await userEvent.click(await screen.findByRole('button', { name: `Actions for ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: what }))
}

test('lists name, type, state, version, files, size and age, without asking for more', async () => {
  renderApp(<ProjectsPage />)
  const row = within(await rowOf('Breakout'))
  for (const text of ['Game', 'v1', 'yesterday']) expect(row.getAllByText(text)[0]).toBeInTheDocument()
  expect(row.getAllByText('verified')[0]).toBeInTheDocument()
  expect(row.getAllByText(/^\d+ files$/)[0]).toBeInTheDocument()
  expect(row.getAllByText(/^[\d.]+ KB$/)[0]).toBeInTheDocument()
})

test('finds by name, says when nothing is found, and takes the search back', async () => {
  renderApp(<ProjectsPage />)
  await rowOf('Breakout')
  await userEvent.type(screen.getByRole('searchbox'), 'bak')
  await waitFor(() => expect(screen.queryByRole('link', { name: 'Breakout' })).toBeNull())
  expect(screen.getByRole('link', { name: 'Corner bakery' })).toBeVisible()
  await userEvent.type(screen.getByRole('searchbox'), 'x')
  expect(await screen.findByText('No project is called “bakx”')).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await rowOf('Breakout')
})

test('renames in place', async () => {
  renderApp(<ProjectsPage />)
  await act('Breakout', 'Rename')
  await userEvent.type(
    await screen.findByLabelText('Name of the project'),
    '{Control>}a{/Control}Bricks{Enter}',
  )
  await rowOf('Bricks')
  expect([...context.db.projects.values()].map((s) => s.project.name)).toContain('Bricks')
})

test('names what is lost before it deletes, and keeps it when asked to', async () => {
  renderApp(<ProjectsPage />)
  await act('Breakout', 'Delete')
  const dialog = await screen.findByRole('dialog', { name: 'Delete Breakout?' })
  expect(dialog).toHaveTextContent(/\d+ files/)
  expect(dialog).toHaveTextContent('1 version')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Keep it' }))
  await waitFor(() => expect(screen.getByRole('button', { name: 'Actions for Breakout' })).toHaveFocus())
  expect(context.db.projects.size).toBe(4)
  await act('Breakout', 'Delete')
  await userEvent.click(await screen.findByRole('button', { name: 'Delete project' }))
  await waitFor(() => expect(screen.queryByRole('link', { name: 'Breakout' })).toBeNull())
  expect(context.db.projects.size).toBe(3)
})

test('offers no deletion of what belongs to others', async () => {
  for (const state of context.db.projects.values()) state.project.role = 'viewer'
  renderApp(<ProjectsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for Breakout' }))
  expect(await screen.findByRole('menuitem', { name: 'Open' })).toBeVisible()
  for (const what of ['Rename', 'Delete']) expect(screen.queryByRole('menuitem', { name: what })).toBeNull()
})

test('shows more pages when asked', async () => {
  const [first, second] = [...context.db.projects.values()].map((s) => s.project)
  context.server.use(
    http.get('/api/projects', ({ request }) =>
      HttpResponse.json(
        new URL(request.url).searchParams.get('cursor') === 'two'
          ? { items: [second], next_cursor: null }
          : { items: [first], next_cursor: 'two' },
      ),
    ),
  )
  renderApp(<ProjectsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  await rowOf(second?.name ?? '')
  await rowOf(first?.name ?? '')
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
})

test('teaches with one action while there is nothing', async () => {
  context.db.projects.clear()
  renderApp(<ProjectsPage />)
  expect(await screen.findByRole('link', { name: 'Build the first one' })).toHaveAttribute('href', '/')
})

test('says what failed, what is safe, and tries again', async () => {
  context.server.use(
    http.get('/api/projects', () => problem(400, 'invalid', 'The list is being moved.'), { once: true }),
  )
  renderApp(<ProjectsPage />)
  expect(await screen.findByRole('alert')).toHaveTextContent('The list is being moved.')
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await rowOf('Breakout')
})
