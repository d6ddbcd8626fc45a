import { PAGES, SIGNED_OUT } from '../support/pages.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

test('the main job fits a phone', async ({ page, api, site, context }) => {
  test.setTimeout(120_000)
  const workspace = new Workspace(page)
  const pane = (name: string) => page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name })
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

  expect(api).toBeDefined()
  await page.goto(site)
  await page.getByRole('textbox', { name: 'Describe the app' }).fill('a kanban board')
  await page.getByRole('button', { name: 'Build' }).tap()
  await workspace.finished(/Version 1\s*verified/)
  await pane('Preview').tap()
  await expect(workspace.app.getByRole('heading').first()).toBeVisible()
  await pane('Chat').tap()
  await workspace.say('rename it to Launch plan')
  await workspace.finished(/Version 2\s*verified/)
  await pane('Preview').tap()
  await expect(workspace.app.getByRole('heading', { name: 'Launch plan' })).toBeVisible()

  const [project] = (await api.send<{ items: { id: string }[] }>('GET', '/api/projects')).items
  for (const each of PAGES) {
    await each.open(page, site, project?.id ?? '')
    expect.soft(await overflow(), `${each.name}: wider than the screen by`).toBe(0)
  }
  await context.clearCookies()
  for (const each of SIGNED_OUT) {
    await each.open(page, site, '')
    expect.soft(await overflow(), `${each.name}: wider than the screen by`).toBe(0)
  }
})
