import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

import { problem } from '@/testing/problem'
import { mockServer } from '@/testing/server'

import { api, apiPath } from './client'
import { ApiError, isCode, messageOf } from './error'

const context = mockServer()
const url = (path: string) => `http://localhost${path}`
const failure = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error)

test('escapes every part of a path', () => {
  expect(apiPath('projects', 'a/b', 'files', 'src', 'ä ?.ts')).toBe(
    '/api/projects/a%2Fb/files/src/%C3%A4%20%3F.ts',
  )
})

test('a problem becomes an ApiError with its fields', async () => {
  context.server.use(
    http.post(url('/api/x'), () =>
      problem(400, 'invalid', 'Something is not right.', [{ field: 'name', message: 'Give a name.' }]),
    ),
  )
  const error = await failure(api.post(url('/api/x'), {}))
  expect(error).toBeInstanceOf(ApiError)
  expect(isCode(error, 'invalid') && error.field('name')).toBe('Give a name.')
  expect(messageOf(error)).toBe('Give a name.')
})

test('an answer that is no problem is told honestly', async () => {
  context.server.use(http.get(url('/api/x'), () => HttpResponse.text('<h1>502</h1>', { status: 502 })))
  const error = await failure(api.get(url('/api/x')))
  expect(isCode(error, 'bad_answer') && error.retryable).toBe(true)
})

test('a lost network is not a server error', async () => {
  context.server.use(http.get(url('/api/x'), () => HttpResponse.error()))
  expect(isCode(await failure(api.get(url('/api/x'))), 'offline')).toBe(true)
})
