import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { renderApp } from '@/testing/render'
import { renderRoutes } from '@/testing/renderRoutes'
import { mockServer } from '@/testing/server'

import { PeoplePage } from './PeoplePage'

const context = mockServer()

test('somebody is suspended and let in again, but never oneself', async () => {
  renderApp(<PeoplePage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Suspend: Bob' }))
  expect(await screen.findByText('suspended')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Suspend: Ada' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Reinstate: Bob' }))
  await waitFor(() => expect(screen.queryByText('suspended')).toBeNull())
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
})

test('a closed server says where it is opened', async () => {
  context.db.signUp = 'closed'
  renderApp(<PeoplePage />)
  expect(await screen.findByText(/takes no new accounts/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Make a link' })).toBeNull()
})

test('only administrators are offered it', async () => {
  if (context.db.session) context.db.session.account.is_admin = false
  renderRoutes('/settings/account')
  await screen.findByRole('link', { name: 'API tokens' })
  expect(screen.queryByRole('link', { name: 'People' })).toBeNull()
})
