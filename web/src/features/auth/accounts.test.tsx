import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, test } from 'vitest'

import { type SessionInfo } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderRoutes } from '@/testing/renderRoutes'
import { mockServer } from '@/testing/server'

const context = mockServer()
const PASSWORD = 'correct horse battery staple'

beforeEach(() => {
  context.db.session = null
})

/** Opens a page by a one-time link. */
const open = (address: string) => {
  window.history.replaceState(null, '', address)
  return renderRoutes(address.split('#')[0] ?? '/')
}

const kept = () =>
  JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), window.location.href])

describe('an invitation', () => {
  // asvs: 27, 47
  test('makes an account with a password that was pasted, and leaves no trace', async () => {
    const sent: unknown[] = []
    context.server.use(
      http.post('/api/auth/signup', async ({ request }) => {
        sent.push(await request.json())
        return HttpResponse.json(SIGNED_IN)
      }),
    )
    open('/join#token=abc-123')
    const name = await screen.findByLabelText('Name')
    expect(window.location.hash).toBe('')
    const [email, password] = [screen.getByLabelText('E-mail'), screen.getByLabelText('Password')]
    expect([name, email, password].map((field) => field.getAttribute('autocomplete'))).toEqual([
      'name',
      'username',
      'new-password',
    ])
    await userEvent.type(name, 'Bob')
    await userEvent.type(email, 'bob@example.org')
    const button = screen.getByRole('button', { name: 'Make my account' })
    expect(button).toBeDisabled()
    await userEvent.click(password)
    await userEvent.paste(`  ${PASSWORD} Ω\u{1f40e} ${'x'.repeat(64)}`)
    await userEvent.click(button)
    expect(await screen.findByRole('heading', { name: 'What shall we build?' })).toBeVisible()
    expect(sent).toEqual([
      {
        email: 'bob@example.org',
        name: 'Bob',
        password: `  ${PASSWORD} Ω\u{1f40e} ${'x'.repeat(64)}`,
        invite: 'abc-123',
      },
    ])
    expect(kept()).not.toMatch(/abc-123|horse/)
  })

  test('for an address keeps it', async () => {
    open('/join#token=bobs')
    const email = await screen.findByLabelText('E-mail')
    expect(email).toHaveValue('bob@example.org')
    expect(email).toHaveAttribute('readonly')
  })

  test('that no longer works says so and what to do', async () => {
    open('/join#token=old')
    expect(await screen.findByRole('alert')).toHaveTextContent('This invitation was used already.')
    expect(screen.getByRole('link', { name: 'Sign in with a password' })).toHaveAttribute('href', '/login')
  })

  test('that was not read is read again', async () => {
    context.server.use(
      http.post('/api/auth/invite', () => problem(429, 'rate_limited', 'That was too often.'), {
        once: true,
      }),
    )
    open('/join#token=bobs')
    expect(await screen.findByRole('heading', { name: 'The invitation was not read' })).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByLabelText('E-mail')).toHaveValue('bob@example.org')
  })

  test('is not used up by whoever is signed in', async () => {
    context.db.session = SIGNED_IN
    open('/join#token=bobs')
    expect(await screen.findByRole('heading', { name: 'You are signed in as Bob' })).toBeVisible()
    await userEvent.click(screen.getByRole('link', { name: 'Go to your apps' }))
    expect(await screen.findByRole('heading', { name: 'What shall we build?' })).toBeVisible()
  })

  test('is needed where a server does not take everybody', async () => {
    open('/join')
    expect(await screen.findByRole('heading', { name: 'You need an invitation' })).toBeVisible()
    expect(screen.queryByLabelText('Password')).toBeNull()
  })
})

test('an open server offers an account, and tells what is wrong with it', async () => {
  context.db.signUp = 'open'
  context.server.use(http.post('/api/auth/signup', () => problem(409, 'conflict', 'This address is taken.')))
  renderRoutes('/login')
  await userEvent.click(await screen.findByRole('link', { name: 'Make an account' }))
  await userEvent.type(await screen.findByLabelText('Name'), 'Bob')
  await userEvent.type(screen.getByLabelText('E-mail'), 'bob@example.org')
  await userEvent.type(screen.getByLabelText('Password'), PASSWORD)
  await userEvent.click(screen.getByRole('button', { name: 'Make my account' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('This address is taken.')
  expect(screen.getByLabelText('Name')).toHaveValue('Bob')
})

test.each(['/join', '/forgot'])('a server that does not answer is asked again: %s', async (path) => {
  let broken = true
  context.server.use(
    http.get('/api/instance', () => (broken ? problem(400, 'invalid', 'That went wrong.') : undefined)),
  )
  renderRoutes(path)
  expect(await screen.findByRole('heading', { name: /This server did not say/ })).toBeVisible()
  expect(screen.getByRole('alert')).toHaveTextContent('That went wrong.')
  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
})

describe('a forgotten password', () => {
  test('leads to a link by mail, whoever asks', async () => {
    renderRoutes('/login')
    await userEvent.click(await screen.findByRole('link', { name: 'Forgot your password?' }))
    await screen.findByRole('button', { name: 'Send me a link' })
    await userEvent.type(screen.getByLabelText('E-mail'), 'bob@example.org{Enter}')
    expect(await screen.findByText('bob@example.org')).toBeVisible()
    expect(screen.getByRole('heading', { name: 'Look into your mail' })).toBeVisible()
  })

  test('leads to whoever runs a server that sends no mail', async () => {
    const now: unknown = await (await fetch('/api/instance')).json()
    context.server.use(
      http.get('/api/instance', () => HttpResponse.json({ ...(now as object), reset_by_mail: false })),
    )
    renderRoutes('/forgot')
    expect(await screen.findByText('quickvibe admin reset-link')).toBeVisible()
    expect(screen.queryByLabelText('E-mail')).toBeNull()
  })

  // asvs: 27, 47
  test('is replaced by the link, which leaves the address', async () => {
    open('/reset#token=abc-123')
    const field = await screen.findByLabelText('New password')
    expect(window.location.hash).toBe('')
    expect(field).toHaveAttribute('autocomplete', 'new-password')
    await userEvent.click(field)
    await userEvent.paste(PASSWORD)
    await userEvent.click(screen.getByRole('button', { name: 'Set the password' }))
    expect(await screen.findByRole('heading', { name: 'Your new password is set' })).toBeVisible()
    expect(kept()).not.toMatch(/abc-123|horse/)
    await userEvent.click(screen.getByRole('link', { name: 'Sign in' }))
    await waitFor(() => expect(screen.getByLabelText('E-mail')).toBeVisible())
  })

  test('needs another link when this one was used', async () => {
    open('/reset#token=old')
    await userEvent.type(await screen.findByLabelText('New password'), PASSWORD)
    await userEvent.click(screen.getByRole('button', { name: 'Set the password' }))
    expect(await screen.findByRole('heading', { name: 'This link no longer works' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'Ask for a link' })).toHaveAttribute('href', '/forgot')
  })
})

const SIGNED_IN: SessionInfo = {
  account: {
    id: 'u',
    name: 'Bob',
    email: 'bob@example.org',
    has_password: true,
    is_admin: false,
    plan: 'free',
  },
  permissions: ['build'],
  session_id: 's',
  csrf_token: 't',
  expires_at: '2030-01-01T00:00:00Z',
}
