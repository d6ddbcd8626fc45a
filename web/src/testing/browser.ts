import { setupWorker } from 'msw/browser'

import { MockDb } from './db'
import { handlers } from './handlers'

/** Answers the API in this browser: `npm run dev:mock`. */
export async function startMock() {
  const db = new MockDb()
  // For scripts that take screenshots.
  Object.assign(globalThis, { mockDb: db })
  await setupWorker(...handlers(db)).start({ onUnhandledRequest: 'bypass', quiet: true })
}
