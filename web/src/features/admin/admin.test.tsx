import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'

import { entryOf, HEALTH } from '@/testing/adminHandlers'
import { renderApp } from '@/testing/render'
import { renderRoutes } from '@/testing/renderRoutes'
import { mockServer } from '@/testing/server'

import { AuditPage } from './AuditPage'
import { HealthPage } from './HealthPage'
import { LimitsPage } from './LimitsPage'

const context = mockServer()
const rows = () => screen.getAllByRole('listitem').map((row) => row.textContent)
/** An entry's row, by any of its words. */
const log = async () => within(await screen.findByRole('list', { name: 'Entries, the newest first' }))

describe('the audit log', () => {
  test('each entry says who did what, to what, and from where', async () => {
    context.db.audit = [
      entryOf('sign_in_failed', {
        actor: 'stranger',
        actor_id: null,
        actor_name: null,
        target: 'user',
        target_id: 'ada',
        target_name: 'Ada',
        address: '203.0.113.9',
        detail: { reason: 'bad_credentials' },
      }),
      entryOf('price_set', { target: 'model', target_id: 'openai/x', detail: { input_microusd: '3000000' } }),
      entryOf('project_deleted', { project_id: 'p', detail: { name: 'Focus' } }),
      entryOf('budget_changed', {
        actor: 'command',
        actor_id: null,
        actor_name: null,
        address: null,
        detail: { scope: 'admin', limit_nanousd: 'none' },
      }),
      entryOf('token_made', { target: 'token', target_id: 't', detail: { name: 'CI', scope: 'write' } }),
    ]
    renderApp(<AuditPage />)
    await log()
    const told = rows()
    expect(told[0]).toMatch(
      /^Somebody was refused a sign-in Ada.*wrong address, password or linkfrom 203\.0\.113\.9$/,
    )
    expect(told[1]).toMatch(/^Ada set the price of openai\/x.*\$3 in/)
    expect(told[2]).toContain('Ada removed a project Focus')
    expect(told[3]).toMatch(/^An operator, at the server, changed a budget.*by an administratorno limit$/)
    expect(told[4]).toMatch(/^Ada made an API token CI.*looks and changes/)
  })

  test('one kind of act, and a user who is not there', async () => {
    context.db.audit = [entryOf('sign_in'), entryOf('key_set')]
    renderApp(<AuditPage />, { path: '/admin/audit' })
    await log()
    await userEvent.click(screen.getByRole('combobox', { name: 'Only one kind of act' }))
    await userEvent.click(await screen.findByRole('option', { name: 'Key saved' }))
    await waitFor(() => expect(rows()).toHaveLength(1))
    expect(screen.getByRole('link', { name: 'Download CSV' })).toHaveAttribute(
      'href',
      '/api/admin/audit.csv?action=key_set',
    )
    await userEvent.type(
      screen.getByRole('textbox', { name: 'Only about one user' }),
      'bob@example.org{Enter}',
    )
    expect(await screen.findByText('Nobody here signs in with this address.')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(() => expect(rows()).toHaveLength(2))
  })

  test('an empty log says what to do', async () => {
    renderApp(<AuditPage />)
    expect(await screen.findByText('Nothing of the kind is in the log')).toBeVisible()
  })
})

describe('health', () => {
  test('says how the server is, and leads to what needs a decision', async () => {
    renderApp(<HealthPage />)
    expect(await screen.findByText('Ready')).toBeVisible()
    expect(screen.getByText('SQLite 3.51.3, 12.4 MB')).toBeVisible()
    expect(screen.getByRole('link', { name: '2 turns for you to decide about' })).toHaveAttribute(
      'href',
      '/admin/failed-turns',
    )
  })

  test('warns of a full disk and of a server that stops', async () => {
    const bad = {
      ...HEALTH,
      not_ready: 'The server is stopping.',
      disk: { free_bytes: 1_000_000, total_bytes: 1_000_000_000 },
    }
    context.server.use(http.get('/api/admin/health', () => HttpResponse.json(bad)))
    renderApp(<HealthPage />)
    expect(await screen.findByText('Takes no new work: The server is stopping.')).toBeVisible()
    expect(screen.getByText('1 MB free of 1 GB: make room soon')).toBeVisible()
  })
})

test('a limit is set for a user, and given back to the plan', async () => {
  renderApp(<LimitsPage />)
  // Somebody who has spent nothing yet can be limited, too.
  expect(await screen.findByLabelText('Dollars a month for Bob')).toBeVisible()
  const field = await screen.findByLabelText('Dollars a month for Ada (you)')
  await userEvent.type(field, '12.50')
  const row = within(field.closest('form') ?? document.body)
  await userEvent.click(row.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Set here.')).toBeVisible()
  expect(await screen.findByText('The limit of Ada is saved')).toBeVisible()
  expect(context.db.audit[0]?.detail.limit_nanousd).toBe('12500000000')
  await userEvent.click(screen.getByRole('button', { name: 'Let the plan say' }))
  await waitFor(() => expect(context.db.audit[0]?.detail.by_plan).toBe('true'))
  expect(screen.queryByText('Set here.')).toBeNull()
})

test('only administrators get in', async () => {
  if (context.db.session) context.db.session.permissions = ['build']
  renderRoutes('/admin')
  expect(await screen.findByText('This is for administrators')).toBeVisible()
  expect(screen.queryByRole('navigation', { name: 'Administration' })).toBeNull()
})

test('the administration has all its pages', async () => {
  renderRoutes('/admin')
  const nav = await screen.findByRole('navigation', { name: 'Administration' })
  expect(
    within(nav)
      .getAllByRole('link')
      .map((link) => link.textContent),
  ).toEqual(['Health', 'People', 'Limits', 'Sandboxes', 'Prices', 'Failed turns', 'Audit log'])
  await userEvent.click(within(nav).getByRole('link', { name: 'Audit log' }))
  expect(await screen.findByRole('heading', { name: 'Audit log' })).toBeVisible()
})
