import { test as base, type BrowserContext } from '@playwright/test'

import { Api } from './api.js'
import { isLocal } from './chromium.js'
import { ScriptedModel, type Script } from './model.js'
import { Server } from './server.js'

interface Fixtures {
  /** What the model says; without one the starters answer. */
  script: Script | null
  /** Settings of the server, as variables of its environment. */
  settings: Record<string, string>
  model: ScriptedModel
  server: Server
  /** Where this test opens the app. */
  site: string
  /** Watches every page of the test: nothing leaves the machine, and the app's own pages report no error. */
  guard: Guard
  /** Signed in, without a page. */
  api: Api
}

/** What the pages of a test did that they must not do. */
export class Guard {
  readonly outside: string[] = []
  readonly errors: string[] = []
  private readonly expected: RegExp[] = []

  constructor(private readonly site: string) {}

  /** An error that this test is about. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern)
  }

  watch(context: BrowserContext): void {
    context.on('request', (request) => {
      if (!isLocal(request.url())) this.outside.push(request.url())
    })
    context.on('console', (message) => {
      const from = message.location().url
      if (message.type() !== 'error' || !this.isOurs(from)) return
      // How the app learns that nobody is signed in.
      if (from.endsWith('/api/auth/session') && message.text().includes('401')) return
      this.errors.push(`${message.text()} (${from})`)
    })
    context.on('weberror', (error) => {
      const from = error.page()?.url() ?? ''
      const stack = error.error().stack ?? error.error().message
      if (this.isOurs(from) && !stack.includes('preview.localhost')) this.errors.push(stack)
    })
  }

  /** Generated apps may fail as they like. */
  private isOurs(address: string): boolean {
    return address.startsWith(`${this.site}/`) && !address.includes('/_preview/')
  }

  check(): void {
    const errors = this.errors.filter((error) => !this.expected.some((pattern) => pattern.test(error)))
    if (this.outside.length > 0) throw new Error(`requests left this machine:\n${this.outside.join('\n')}`)
    if (errors.length > 0) throw new Error(`the app reported errors:\n${errors.join('\n')}`)
  }
}

export const test = base.extend<Fixtures>({
  script: [null, { option: true }],
  settings: [{}, { option: true }],

  model: async ({ script }, provide) => {
    const model = await ScriptedModel.start(script ?? { rules: [] })
    await provide(model)
    const { violations } = await model.state()
    await model.stop()
    if (violations.length > 0) throw new Error(`the model server objects:\n${violations.join('\n')}`)
  },

  server: async ({ script, model, settings }, provide, info) => {
    const server = await Server.start({ env: { ...(script ? model.env : {}), ...settings } })
    await provide(server)
    if (info.status !== info.expectedStatus)
      await info.attach('server.log', { body: server.log, contentType: 'text/plain' })
    await server.stop()
  },

  site: async ({ server }, provide) => provide(server.url),

  guard: [
    async ({ site, context }, provide) => {
      const guard = new Guard(site)
      guard.watch(context)
      await provide(guard)
      guard.check()
    },
    { auto: true },
  ],

  api: async ({ server, site, context, script }, provide) => {
    const api = new Api(context.request, site)
    await api.signIn(server.token)
    if (!script) await api.useStarters()
    await provide(api)
  },
})

export { expect } from '@playwright/test'
