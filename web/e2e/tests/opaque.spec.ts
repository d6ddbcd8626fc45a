import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

test.use({ site: async ({ server }, provide) => provide(server.addressUrl) })

test('at an address without sub-domains the app runs in a document without an origin', async ({
  page,
  api,
  site,
}) => {
  const project = await api.build('a pomodoro timer with statistics, dark')
  expect(await api.preview(project)).toMatchObject({ mode: 'opaque', origin: 'null' })

  const workspace = new Workspace(page)
  await workspace.open(site, project)
  await workspace.app.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(workspace.app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()

  const sandbox = await workspace.frameElement.getAttribute('sandbox')
  expect(sandbox).toContain('allow-scripts')
  expect(sandbox).not.toContain('allow-same-origin')
  const kept = await workspace.app.locator('html').evaluate(() => {
    localStorage.setItem('note', 'kept')
    return [self.origin, localStorage.getItem('note'), localStorage.length > 0]
  })
  expect(kept).toEqual(['null', 'kept', true])
})

test('the sandbox holds in a tab of its own, too', async ({ page, api, site }) => {
  const project = await api.build('a kanban board')
  const { url } = await api.preview(project)
  await page.goto(url)
  await expect(page.getByRole('heading').first()).toBeVisible()
  expect(await page.evaluate(() => self.origin)).toBe('null')
  expect(new URL(url).origin).toBe(site)
})
