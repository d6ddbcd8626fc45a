import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

import { MockDb } from './db'
import { handlers } from './handlers'

/** Answers the API inside a test file; a request that nobody answers fails the test. */
export function mockServer(): { db: MockDb; server: ReturnType<typeof setupServer> } {
  const server = setupServer()
  const context = { db: new MockDb(), server }
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  beforeEach(() => {
    context.db = new MockDb()
    context.db.speed = 1_000
    server.use(...handlers(context.db))
  })
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())
  return context
}
