import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

test('the browser keeps storage apart by top site, as it does for people', async ({
  page,
  api,
  site,
  context,
}) => {
  const project = await api.build('a kanban board')
  const { url } = await api.preview(project)
  const workspace = new Workspace(page)
  await workspace.open(site, project)
  const framed = workspace.app.locator('html')
  await framed.evaluate(() => localStorage.setItem('where', 'in the frame'))
  expect(await framed.evaluate(() => localStorage.getItem('where'))).toBe('in the frame')

  const tab = await context.newPage()
  await tab.goto(url)
  expect(await tab.evaluate(() => localStorage.getItem('where'))).toBeNull()
})

test('a request that leaves the machine is blocked and noticed', async ({ page, api, site, guard }) => {
  const project = await api.build('a kanban board')
  const workspace = new Workspace(page)
  await workspace.open(site, project)
  for (const address of ['http://example.org/', 'http://192.0.2.1/']) {
    const failed = await workspace.app
      .locator('html')
      .evaluate(
        (_, url) => fetch(url, { mode: 'no-cors' }).then(String, (error: unknown) => (error as Error).name),
        address,
      )
    expect(failed).toBe('TypeError')
  }
  expect(guard.outside.splice(0)).toEqual(['http://example.org/', 'http://192.0.2.1/'])
})
