import { type Frame, type Page, type Request } from '@playwright/test'

import { type Api } from '../support/api.js'
import { hostilePage } from '../support/hostile.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

type Outcome = Record<string, { value?: unknown; error?: string }>

/** Opens a project whose app is the hostile page; answers the frame that it runs in. */
async function open(page: Page, api: Api, site: string): Promise<{ project: string; frame: Frame }> {
  const project = await api.build('a kanban board')
  await api.save(project, 'index.html', hostilePage(site))
  const workspace = new Workspace(page)
  await workspace.open(site, project)
  await expect(workspace.app.getByRole('heading', { name: 'Hostile' })).toBeVisible()
  const element = await workspace.frameElement.elementHandle()
  const frame = await element.contentFrame()
  if (!frame) throw new Error('the preview has no frame')
  return { project, frame }
}

for (const mode of ['origin', 'opaque'] as const) {
  test.describe(`a hostile app, in ${mode} mode`, () => {
    if (mode === 'opaque') test.use({ site: async ({ server }, provide) => provide(server.addressUrl) })

    // asvs: 16
    test('reaches nothing of the app around it', async ({ page, api, site, context, guard }) => {
      // The browser itself reports what it refused.
      guard.expect(/sandbox|frame-ancestors|Unsafe attempt|Blocked|CORS|Failed to load resource/i)
      const sent: Request[] = []
      context.on('request', (request) => {
        if (request.frame() !== page.mainFrame() && request.url().startsWith(`${site}/api/`))
          sent.push(request)
      })
      const { project, frame } = await open(page, api, site)
      const before = page.url()
      const outcome = await frame.evaluate<Outcome>('globalThis.probe')

      expect(outcome.cookie?.value).toBe('')
      for (const name of ['parentCookie', 'parentStorage', 'parentDom', 'parentFetch'])
        expect(outcome[name], name).toEqual({ error: 'SecurityError' })
      for (const name of ['readApi', 'readProjects'])
        expect(outcome[name], name).toEqual({ error: 'TypeError' })
      expect(outcome.socket?.error).toBe('Error')

      // What the browser lets out blindly carries no session, and changes nothing.
      const headers = await Promise.all(sent.map((request) => request.allHeaders()))
      expect(sent.map((request) => request.method())).toContain('POST')
      expect(headers.filter(({ cookie }) => cookie !== undefined)).toEqual([])
      await expect(new Workspace(page).composer).toBeVisible()
      expect(page.url()).toBe(before)
      const { items } = await api.send<{ items: { id: string }[] }>('GET', '/api/projects')
      expect(items.map((item) => item.id)).toEqual([project])
    })

    // asvs: 17
    test('cannot confuse or stall the app around it', async ({ page, api, site, guard }) => {
      guard.expect(/sandbox|frame-ancestors|Unsafe attempt|Blocked|CORS|Failed to load resource/i)
      const { frame } = await open(page, api, site)
      await frame.evaluate('globalThis.probe')
      await frame.evaluate('globalThis.shout()')
      const workspace = new Workspace(page)
      await workspace.composer.fill('still here')
      await expect(workspace.composer).toHaveValue('still here')

      const spinning = frame.evaluate('globalThis.spin(3000)')
      const slowest = await page.evaluate(async () => {
        let worst = 0
        const end = performance.now() + 2_000
        while (performance.now() < end) {
          const asked = performance.now()
          await new Promise((resolve) => requestAnimationFrame(resolve))
          worst = Math.max(worst, performance.now() - asked)
        }
        return worst
      })
      const asked = Date.now()
      await workspace.composer.fill('answers')
      const answered = Date.now() - asked
      await spinning
      test.info().annotations.push({
        type: 'measured',
        description: `slowest frame ${slowest.toFixed(0)} ms, typed in ${answered} ms`,
      })
      // The app stops for three seconds; ours, on a busy machine, for a part of one.
      expect(slowest, 'milliseconds between two frames of the app').toBeLessThan(1_000)
      expect(answered, 'milliseconds to take in text').toBeLessThan(1_000)
    })
  })
}
