import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { expect, test } from 'vitest'

import { type Invite } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { PeoplePage } from './PeoplePage'

const context = mockServer()
const INVITE: Invite = {
  id: 'i',
  email: null,
  created_at: '2026-01-31T10:00:00Z',
  expires_at: '2026-02-07T10:00:00Z',
}

test('somebody is suspended and let in again, but never oneself', async () => {
  renderApp(<PeoplePage />)
  const button = await screen.findByRole('button', { name: 'Suspend: Bob' })
  await userEvent.click(button)
  const dialog = within(await screen.findByRole('dialog', { name: 'Suspend Bob?' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(button).toHaveFocus())
  expect(screen.queryByText('suspended')).toBeNull()
  await userEvent.click(button)
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Suspend' }))
  expect(await screen.findByText('suspended')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Suspend: Ada' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Reinstate: Bob' }))
  await waitFor(() => expect(screen.queryByText('suspended')).toBeNull())
})

test('somebody gets another plan, and administers', async () => {
  renderApp(<PeoplePage />)
  await userEvent.click(await screen.findByRole('combobox', { name: 'Plan of Bob' }))
  await userEvent.click(await screen.findByRole('option', { name: 'Pro' }))
  await waitFor(() => expect(context.db.users.find(({ name }) => name === 'Bob')?.plan).toBe('pro'))
  await waitFor(() => expect(screen.getByRole('combobox', { name: 'Rights of Bob' })).toBeEnabled())
  await userEvent.click(screen.getByRole('combobox', { name: 'Rights of Bob' }))
  await userEvent.click(await screen.findByRole('option', { name: /Administrator/ }))
  await waitFor(() => expect(context.db.users.find(({ name }) => name === 'Bob')?.is_admin).toBe(true))
})

test('a link is made, shown once and taken back', async () => {
  renderApp(<PeoplePage />)
  await userEvent.type(await screen.findByLabelText('E-mail, if you like'), 'eve@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Make a link' }))
  expect(await screen.findByLabelText('The link')).toHaveValue(
    `${window.location.origin}/join#token=invite-token`,
  )
  await userEvent.click(await screen.findByRole('button', { name: 'Take back: eve@example.org' }))
  await waitFor(() => expect(context.db.invites).toEqual([]))
  await waitFor(() => expect(screen.queryByLabelText('The link')).toBeNull())
})

test('invitations that did not load are told, and are asked for again', async () => {
  context.server.use(
    http.get('/api/admin/invites', () => problem(429, 'rate_limited', 'That was too often.'), { once: true }),
  )
  context.db.invites = [INVITE]
  renderApp(<PeoplePage />)
  expect(await screen.findByRole('alert')).toHaveTextContent('That was too often.')
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Anybody with the link')).toBeVisible()
  expect(screen.queryByRole('alert')).toBeNull()
})

test('a closed server says where it is opened', async () => {
  context.db.signUp = 'closed'
  renderApp(<PeoplePage />)
  expect(await screen.findByText(/takes no new accounts/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Make a link' })).toBeNull()
})
