import { MutationObserver } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test, vi } from 'vitest'

import { problem } from '@/testing/problem'
import { renderRoutes } from '@/testing/renderRoutes'
import { mockServer } from '@/testing/server'

import { sessionsQuery } from './auth'
import { createQueryClient } from './queryClient'

const context = mockServer()
beforeEach(() => {
  window.scrollTo = vi.fn()
})

const over = () => problem(401, 'unauthenticated', 'Sign in to go on.')

test('a session that ends by itself leaves nothing to the next person', async () => {
  const bob = context.db.session
  renderRoutes('/projects')
  await screen.findByRole('link', { name: 'Breakout' })

  context.db.session = null
  context.server.use(http.get('/api/auth/sessions', over))
  await userEvent.click(screen.getByRole('link', { name: 'Settings' }))
  await userEvent.click(await screen.findByRole('link', { name: 'Sessions' }))
  await userEvent.type(await screen.findByLabelText('E-mail'), 'bob@example.org')

  // Bob's list is never answered: whatever is shown was left behind.
  context.server.use(
    http.post('/api/auth/login', () => {
      context.db.session = bob
      return HttpResponse.json(bob)
    }),
    http.get('/api/auth/sessions', () => HttpResponse.json({ items: [] })),
    http.get('/api/projects', () => new Promise<never>(() => undefined)),
  )
  await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}')
  await userEvent.click(await screen.findByRole('link', { name: 'Projects' }))
  expect(await screen.findByText('Loading your projects')).toBeInTheDocument()
  expect(screen.queryByText('Breakout')).toBeNull()
})

test('what was sent is forgotten when nobody looks at it any more, and with the session', async () => {
  const client = createQueryClient()
  const send = new MutationObserver(client, { mutationFn: (password: string) => Promise.resolve(password) })
  const sent = () => client.getMutationCache().getAll().length
  const leave = send.subscribe(() => undefined)
  await send.mutate('correct horse')
  expect(sent()).toBe(1)
  leave()
  await waitFor(() => expect(sent()).toBe(0))

  send.subscribe(() => undefined)
  await send.mutate('battery staple')
  context.server.use(http.get('/api/auth/sessions', over))
  await expect(client.query(sessionsQuery())).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(sent()).toBe(0)
})
