/** A server for foreign scanners: without the limits that would hide everything behind 429, with a project to find. */
import { request } from '@playwright/test'

import { type SessionInfo } from '../../src/api/generated/wire.js'
import { Api } from '../support/api.js'
import { Server } from '../support/server.js'

export interface Target {
  server: Server
  project: string
  generation: string
  /** What a request of the signed-in owner carries. */
  headers: Record<string, string>
}

const UNLIMITED = '1000000000'

export async function target(): Promise<Target> {
  const server = await Server.start({
    env: {
      QUICKVIBE_LOG: 'warn',
      QUICKVIBE_OFFLINE: 'true',
      QUICKVIBE_CHANGES_PER_MINUTE: UNLIMITED,
      QUICKVIBE_TURNS_PER_MINUTE: UNLIMITED,
      QUICKVIBE_SIGN_INS_PER_MINUTE: UNLIMITED,
      QUICKVIBE_SIGN_UPS_PER_HOUR: UNLIMITED,
    },
  })
  const context = await request.newContext()
  const api = new Api(context, server.url)
  await api.signIn(server.token)
  await api.useStarters()
  const project = await api.build('a kanban board')
  const messages = await api.send<{ items: { generation?: { id: string } | null }[] }>(
    'GET',
    `/api/projects/${project}/messages`,
  )
  const generation = messages.items.flatMap((item) => (item.generation ? [item.generation.id] : []))[0] ?? ''
  const session = await api.send<SessionInfo>('GET', '/api/auth/session')
  const { cookies } = await context.storageState()
  await context.dispose()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return { server, project, generation, headers: { Cookie: cookie, 'X-CSRF-Token': session.csrf_token } }
}
