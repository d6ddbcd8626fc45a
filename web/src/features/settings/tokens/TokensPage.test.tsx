import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { TokensPage } from './TokensPage'

const context = mockServer()

// asvs: 47
test('a token is made, shown once, kept nowhere in the browser, and revoked', async () => {
  renderApp(<TokensPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'New token' }))
  const name = await screen.findByLabelText('Name')
  expect(name).toHaveFocus()
  expect(screen.getByRole('button', { name: 'Make the token' })).toBeDisabled()
  await userEvent.type(name, 'Nightly build')
  await userEvent.click(screen.getByRole('button', { name: 'Make the token' }))
  const shown = await screen.findByLabelText<HTMLInputElement>('The token')
  expect(shown.value).toMatch(/^qvp_/)
  const secret = shown.value
  await userEvent.keyboard('{Escape}')
  expect(screen.getByLabelText('The token')).toHaveValue(secret)
  await userEvent.click(screen.getByRole('button', { name: 'I have it' }))
  expect(await screen.findByText('Nightly build')).toBeVisible()
  expect(screen.getByText('looks only')).toBeVisible()
  expect(screen.getByText('never used')).toBeVisible()
  expect(screen.queryByLabelText('The token')).toBeNull()
  const kept = JSON.stringify([
    Object.entries(localStorage),
    Object.entries(sessionStorage),
    window.location.href,
  ])
  expect(kept).not.toContain(secret)

  await userEvent.click(screen.getByRole('button', { name: 'Revoke: Nightly build' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke token' }))
  await waitFor(() => expect(screen.queryByText('Nightly build')).toBeNull())
  expect(context.db.apiTokens).toEqual([])
})

test('a refusal is told, and what was typed stays', async () => {
  context.server.use(
    http.post('/api/tokens', () => problem(409, 'conflict', 'You have 50 API tokens already.')),
  )
  renderApp(<TokensPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'New token' }))
  await userEvent.type(await screen.findByLabelText('Name'), 'CI')
  await userEvent.click(screen.getByRole('button', { name: 'Make the token' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('You have 50 API tokens already.')
  expect(screen.getByLabelText('Name')).toHaveValue('CI')
})
