import { type Locator } from '@playwright/test'

import { Api } from '../support/api.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

const colour = (of: Locator) => of.evaluate((element) => getComputedStyle(element).backgroundColor)

test('a prompt becomes an app that is used, changed, edited, restored, and there tomorrow', async ({
  page,
  context,
  browser,
  server,
  site,
  guard,
}) => {
  test.setTimeout(120_000)
  const workspace = new Workspace(page)
  const { app } = workspace
  const start = app.getByRole('button', { name: 'Start', exact: true })
  const projectUrl = /\/projects\/[0-9a-f-]{36}/

  await test.step('sign in by the printed link', async () => {
    await page.goto(server.link)
    await expect(page.getByRole('heading', { name: 'What shall we build?' })).toBeVisible()
    expect(page.url()).not.toContain('token')
    await new Api(context.request, site).useStarters()
    await page.reload()
  })

  await test.step('a prompt becomes an app while one watches', async () => {
    await page
      .getByRole('textbox', { name: 'Describe the app' })
      .fill('a pomodoro timer with statistics, dark')
    await page.getByRole('button', { name: 'Build' }).click()
    await expect(page).toHaveURL(projectUrl)
    await expect(workspace.chat).toContainText('a pomodoro timer with statistics, dark')
    await workspace.finished(/Version 1\s*verified/)
    await workspace.unfold()
    await expect(workspace.turn).toContainText('Focus timer')
    await expect(workspace.turn).toContainText('Made without a model')
  })

  await test.step('the app is used', async () => {
    await expect(app.getByText('25:00').first()).toBeVisible()
    await expect(app.getByRole('heading', { name: 'Statistics' })).toBeVisible()
    const dark = await app.locator('body').evaluate((body) => {
      const { backgroundColor } = getComputedStyle(body)
      const canvas = document.createElement('canvas').getContext('2d')
      if (!canvas) return null
      canvas.fillStyle = backgroundColor
      canvas.fillRect(0, 0, 1, 1)
      return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3))
    })
    expect(dark, 'the brightest part of the background').toBeLessThan(70)
    await start.click()
    await expect(app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()
    await expect(app.getByText(/^24:5\d$/).first()).toBeVisible()
    await app.getByRole('button', { name: 'Pause', exact: true }).click()
  })

  await test.step('a follow-up shows at once', async () => {
    const before = await colour(start)
    await workspace.say('make it green and rename it to Deep Work')
    await workspace.finished(/Version 2\s*verified/)
    await expect(app.getByRole('heading', { name: 'Deep Work', level: 1 })).toBeVisible()
    await expect.poll(() => colour(start)).not.toBe(before)
  })

  await test.step('a file is edited by hand', async () => {
    await workspace.show('Code')
    await workspace.openFile('src/config.json')
    await workspace.editor.getByText('"tagline"').click()
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.insertText('  "tagline": "Edited by hand",')
    await page.keyboard.press('Control+s')
    await expect(app.getByText('Edited by hand')).toBeVisible()
    await expect(page.getByText('Saved as version 3')).toBeVisible()
  })

  await test.step('a version is restored', async () => {
    await workspace.show('Versions')
    await page.getByRole('button', { name: 'Restore version 1 as a new version' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click()
    await expect(page.getByText('Version 4 has the files of version 1')).toBeVisible()
    await workspace.show('Preview')
    await expect(app.getByRole('heading', { name: 'Deep Work', level: 1 })).toHaveCount(0)
    await expect(app.getByText('Edited by hand')).toHaveCount(0)
    await expect(start).toBeVisible()
  })

  await test.step('tomorrow everything is there', async () => {
    const address = page.url()
    const storageState = await context.storageState()
    await context.close()
    const later = await browser.newContext({ storageState, viewport: { width: 1280, height: 800 } })
    guard.watch(later)
    const again = new Workspace(await later.newPage())
    await again.page.goto(site)
    await again.page
      .getByRole('main')
      .locator(`a[href="${new URL(address).pathname}"]`)
      .first()
      .click()
    await expect(again.page).toHaveURL(projectUrl)
    await expect(again.chat).toContainText('a pomodoro timer with statistics, dark')
    await expect(again.chat).toContainText('make it green and rename it to Deep Work')
    await expect(again.page.getByText('v4')).toBeVisible()
    await expect(again.app.getByRole('button', { name: 'Start', exact: true })).toBeVisible()
    await later.close()
  })
})
