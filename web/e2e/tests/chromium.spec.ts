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
