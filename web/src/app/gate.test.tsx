import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { type Instance } from '@/api/generated/wire'
import { usePalette } from '@/features/palette/store'
import { problem } from '@/testing/problem'
import { renderRoutes } from '@/testing/renderRoutes'
import { mockServer } from '@/testing/server'

const context = mockServer()

beforeEach(() => {
  usePalette.setState({ open: null })
  window.scrollTo = vi.fn()
})

const at = (router: ReturnType<typeof renderRoutes>) =>
  router.state.location.pathname + router.state.location.search

describe('whoever is not signed in', () => {
  beforeEach(() => {
    context.db.session = null
  })

  test('is asked to, and comes back to where they were going', async () => {
    const router = renderRoutes('/settings/appearance')
    await userEvent.type(await screen.findByLabelText('E-mail'), 'a@b.c')
    expect(at(router)).toBe('/login?next=%2Fsettings%2Fappearance')
    await userEvent.type(screen.getByLabelText('Password'), 'wrong{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('The address or the password is wrong.')
    await userEvent.clear(screen.getByLabelText('Password'))
    context.server.use(
      http.post('/api/auth/login', () =>
        HttpResponse.json({
          account: { id: 'u', name: 'Ada', email: null, has_password: true, is_admin: true, plan: 'free' },
          permissions: ['build'],
          session_id: 's',
          expires_at: new Date(Date.now() + 1e9).toISOString(),
        }),
      ),
    )
    await userEvent.type(screen.getByLabelText('Password'), 'good{Enter}')
    expect(await screen.findByRole('heading', { name: 'Appearance' })).toBeVisible()
    expect(at(router)).toBe('/settings/appearance')
  })

  test('is told which field is empty, and nothing is sent', async () => {
    const sent = vi.fn()
    context.server.use(http.post('/api/auth/login', sent))
    renderRoutes('/login')
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in' }))
    expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription(/Give the e-mail address/)
    expect(sent).not.toHaveBeenCalled()
  })

  test('never follows a return path to another site', async () => {
    const router = renderRoutes('/login?next=//evil.example/x')
    context.db.session = null
    await screen.findByLabelText('E-mail')
    await userEvent.type(screen.getByLabelText('E-mail'), 'a@b.c')
    await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}')
    // The mock answers without a session here: the page stays on this site whatever happens.
    expect(router.state.location.pathname).toMatch(/^\/(login)?$/)
  })

  test('reads, on a new server, that the terminal prints a link', async () => {
    const now = (await (await fetch('/api/instance')).json()) as Instance
    context.server.use(http.get('/api/instance', () => HttpResponse.json({ ...now, needs_setup: true })))
    renderRoutes('/login')
    expect(await screen.findByText(/the terminal prints a link/)).toBeVisible()
    expect(screen.queryByLabelText('Password')).toBeNull()
  })
})

describe('the printed link', () => {
  const openLink = (hash: string) => {
    window.history.replaceState(null, '', `/setup${hash}`)
    return renderRoutes('/setup')
  }

  test('is redeemed once, leaves the address and goes home', async () => {
    const tokens: unknown[] = []
    const session = context.db.session
    context.server.use(
      http.post('/api/auth/setup', async ({ request }) => {
        tokens.push(await request.json())
        return HttpResponse.json(session)
      }),
    )
    const router = openLink('#token=abc-123')
    expect(await screen.findByRole('heading', { name: 'What shall we build?' })).toBeVisible()
    expect(tokens).toEqual([{ token: 'abc-123' }])
    expect(window.location.hash).toBe('')
    expect(at(router)).toBe('/')
  })

  test('also works in the address of a page that is open already', async () => {
    context.db.session = null
    openLink('')
    await screen.findByText('This address needs its link')
    window.history.replaceState(null, '', '/setup#token=late')
    fireEvent(window, new HashChangeEvent('hashchange'))
    expect(await screen.findByRole('heading', { name: 'What shall we build?' })).toBeVisible()
  })

  test('that no longer works says so and what to do', async () => {
    context.db.session = null
    context.server.use(
      http.post('/api/auth/setup', () =>
        problem(401, 'bad_credentials', 'This link was used already. Restart QuickVibe to print a new one.'),
      ),
    )
    openLink('#token=old')
    expect(await screen.findByRole('alert')).toHaveTextContent('Restart QuickVibe to print a new one.')
    expect(screen.getByRole('link', { name: 'Sign in with a password' })).toHaveAttribute('href', '/login')
  })
})

test('a session that the server cannot read is cleared, once, and leads to the sign-in page', async () => {
  let asked = 0
  context.server.use(
    http.get('/api/auth/session', () => {
      asked += 1
      return problem(400, 'invalid', 'The session cannot be read.')
    }),
  )
  renderRoutes('/projects')
  await userEvent.click(await screen.findByRole('button', { name: 'Sign in again' }))
  expect(await screen.findByLabelText('E-mail')).toBeVisible()
  expect(asked).toBe(1)
})

test('signing out forgets everything and shows the sign-in page', async () => {
  renderRoutes('/projects')
  await screen.findByRole('link', { name: 'Breakout' })
  await userEvent.click(screen.getByRole('button', { name: 'Account of Ada' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }))
  expect(await screen.findByLabelText('E-mail')).toBeVisible()
  expect(screen.queryByText('Breakout')).toBeNull()
})

test('an address without a page says so inside the frame', async () => {
  renderRoutes('/nothing')
  expect(await screen.findByText('There is nothing at this address')).toBeVisible()
  expect(screen.getByRole('navigation', { name: 'Main' })).toBeVisible()
})

describe('the command palette', () => {
  test('opens by keyboard, finds a project by name and goes there', async () => {
    const router = renderRoutes('/settings/appearance')
    await screen.findByRole('heading', { name: 'Appearance' })
    await userEvent.keyboard('{Control>}k{/Control}')
    await userEvent.type(await screen.findByPlaceholderText(/Find a project/), 'bakery')
    await waitFor(() =>
      expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Corner bakery'),
    )
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(at(router)).toMatch(/^\/projects\/0192/))
    expect(screen.queryByPlaceholderText(/Find a project/)).toBeNull()
  })

  test('changes the theme', async () => {
    renderRoutes('/settings/appearance')
    await screen.findByRole('heading', { name: 'Appearance' })
    await userEvent.keyboard('{Control>}k{/Control}')
    await userEvent.type(await screen.findByPlaceholderText(/Find a project/), 'theme: dark{Enter}')
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'))
    expect(screen.getByRole('radio', { name: 'Dark' })).toBeChecked()
  })

  test('"?" lists the shortcuts, but not while writing', async () => {
    renderRoutes('/')
    await userEvent.type(await screen.findByLabelText('Describe the app'), 'why?')
    expect(screen.queryByRole('dialog')).toBeNull()
    screen.getByRole('link', { name: 'Projects' }).focus()
    await userEvent.keyboard('?')
    expect(within(await screen.findByRole('dialog')).getByText('Reload the preview')).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.getByRole('link', { name: 'Projects' })).toHaveFocus())
  })
})
