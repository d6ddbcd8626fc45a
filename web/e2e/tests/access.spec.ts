import { violations } from '../support/axe.js'
import { PAGES, SIGNED_OUT } from '../support/pages.js'
import { expect, test } from '../support/test.js'

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, ${theme}`, async ({ page, api, site, context }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const project = await api.build('a kanban board')
    for (const each of PAGES) {
      await each.open(page, site, project)
      expect.soft(await violations(page), each.name).toEqual([])
    }
    await context.clearCookies()
    for (const each of SIGNED_OUT) {
      await each.open(page, site, project)
      expect.soft(await violations(page), each.name).toEqual([])
    }
  })
}
