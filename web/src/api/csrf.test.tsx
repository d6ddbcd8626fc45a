import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { mockServer } from '@/testing/server'

import { api } from './client'

const context = mockServer()

test('changes carry the token of the session, and learn of a new one', async () => {
  const seen: (string | null)[] = []
  let current = 'first'
  let person = 'ada'
  context.server.use(
    http.get('/api/auth/session', () => HttpResponse.json({ csrf_token: current, account: { id: person } })),
    http.all('/api/x', ({ request }) => {
      const token = request.headers.get('x-csrf-token')
      seen.push(token)
      if (request.method === 'GET' || token === current) return new HttpResponse(null, { status: 204 })
      return problem(403, 'stale_page', 'This page is out of date.')
    }),
  )
  await api.get('/api/x')
  await api.post('/api/x')
  await api.put('/api/x', {})
  // Somebody signs in anew in another tab.
  current = 'second'
  await api.patch('/api/x', {})
  await api.delete('/api/x')
  // Somebody else does: what Ada meant is not done as Bob.
  current = 'third'
  person = 'bob'
  await expect(api.post('/api/x')).rejects.toMatchObject({ code: 'stale_page' })
  expect(seen.filter((token) => token !== null)).toEqual([
    'first',
    'first',
    'first',
    'second',
    'second',
    'second',
  ])
})
