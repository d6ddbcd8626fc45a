import { type FrameLocator, type Page } from '@playwright/test'

import { violations } from '../support/axe.js'
import { withBrowser } from '../support/counter.js'
import { NOTES_ANSWER } from '../support/notes.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

/** Packages are fetched when the machine is made. */
const READY_MS = 120_000
const NOTE = 'Milk – größer, ✓ 番茄'

/** The app is there; a person who waits for it in vain presses reload. */
async function shown(page: Page, app: FrameLocator): Promise<void> {
  const heading = app.getByRole('heading', { name: 'Notes on a server' })
  await expect(async () => {
    if (await heading.isVisible()) return
    await expect(heading)
      .toBeVisible({ timeout: 45_000 })
      .catch(async (error: unknown) => {
        await page.getByRole('button', { name: 'Reload the preview' }).click()
        throw error
      })
  }).toPass({ timeout: READY_MS })
}

/** It runs all the same. */
const TYPE_FAULT = `
<file path="src/limit.ts">
export const LIMIT: number = "many";
</file>
`

test.describe('an app with a server of its own', () => {
  test.use({
    script: { rules: [{ replies: [{ text: NOTES_ANSWER + TYPE_FAULT }], repeat: true }] },
    settings: {
      // Its packages come from the registry.
      QUICKVIBE_OFFLINE: 'false',
      ...withBrowser,
    },
  })

  test('is built, run in a sandbox, used, and keeps what it saved', async ({ page, api, site, guard }) => {
    test.setTimeout(300_000)
    // The app's own page, on its own origin, may say what it likes while its machine is made ready.
    guard.expect(/Failed to load resource.*50\d/)
    const { project, turn } = await api.send<{
      project: { id: string }
      turn: { generation: { id: string } }
    }>('POST', '/api/projects', {
      // No starter is near this: it begins from the blank one.
      prompt: 'zzyzx quux, on a server with a database',
    })
    const workspace = new Workspace(page)
    const { app } = workspace
    const output = page.getByRole('region', { name: 'Output' })
    const notes = app.getByRole('listitem')
    await workspace.open(site, project.id)
    expect((await api.finished(turn.generation.id, READY_MS)).status).toBe('done')
    await workspace.finished(/Version 2/)

    await test.step('it was started, its types read, and its page opened in a browser', async () => {
      await workspace.unfold()
      await expect(workspace.turn).toContainText(/Compiles.*Types fit.*1 warning.*TS2322.*Runs in a browser/)
      await expect(
        workspace.turn.getByRole('button', { name: 'Show the picture of the app larger' }),
      ).toBeVisible()
    })

    await test.step('the preview shows it, and why it runs there is said', async () => {
      await shown(page, app)
      await page.getByRole('button', { name: 'Runs on this server' }).click()
      const where = page.getByRole('dialog', { name: 'Where the app runs' })
      await expect(where).toContainText('Runs in a sandbox on this server: it is a web server on Node.')
      await expect(where).toContainText('The app has a server of its own, which a browser cannot run.')
      await expect(where.getByText('Running', { exact: true })).toBeVisible()
      await expect(where.getByRole('meter', { name: 'Memory' })).toHaveAttribute(
        'aria-valuetext',
        /MB of .*B$/,
      )
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
    })

    await test.step('a note is added, and is there after a reload', async () => {
      await app.getByLabel('New note').fill(NOTE)
      await app.getByRole('button', { name: 'Add' }).click()
      await expect(notes).toHaveText([NOTE])
      await page.getByRole('button', { name: 'Reload the preview' }).click()
      await expect(notes).toHaveText([NOTE])
    })

    await test.step('the server’s log tells of it', async () => {
      await page.getByRole('button', { name: /Console:/ }).click()
      await output.getByRole('tab', { name: 'Server log' }).click()
      await expect(output.getByText('notes are served').last()).toBeVisible()
      await expect(output.getByText(`kept a note of ${NOTE.length} characters`)).toBeVisible()
    })

    await test.step('the terminal is a shell beside the app', async () => {
      await output.getByRole('tab', { name: 'Terminal' }).click()
      const rows = output.locator('.xterm-rows')
      await expect(rows).toContainText(/[$#%>]/, { timeout: 30_000 })
      await output.locator('.xterm').click()
      await page.keyboard.type('ls\n')
      await expect(rows).toContainText('server.js')
      await expect(rows).toContainText('data.db')
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Control+Shift+Escape')
      await expect(output.getByRole('tab', { name: 'Terminal' })).toBeFocused()
    })

    await test.step('a reload of the page comes back to the same shell', async () => {
      // The address keeps which panel is open.
      await page.reload()
      await expect(output.locator('.xterm-rows')).toContainText('server.js')
    })

    await test.step('the machine is restarted, and the note is still there', async () => {
      await page.getByRole('button', { name: 'Runs on this server' }).click()
      const where = page.getByRole('dialog', { name: 'Where the app runs' })
      await where.getByRole('button', { name: 'Restart' }).click()
      await expect(where.getByText('Running', { exact: true })).toBeVisible({ timeout: READY_MS })
      await page.keyboard.press('Escape')
      await expect(notes).toHaveText([NOTE], { timeout: READY_MS })
    })

    await test.step('deleting the machine loses what the app saved, and nothing else', async () => {
      await page.getByRole('button', { name: 'Runs on this server' }).click()
      const where = page.getByRole('dialog', { name: 'Where the app runs' })
      await where.getByRole('button', { name: 'Delete machine' }).click()
      const dialog = page.getByRole('dialog', { name: 'Delete the machine?' })
      await dialog.getByRole('button', { name: 'Delete machine' }).click()
      await expect(page.getByText('The machine is deleted')).toBeVisible()
      expect(await api.text(project.id, 'server.js')).toContain('CREATE TABLE')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Reload the preview' }).click()
      await shown(page, app)
      await expect(notes).toHaveCount(0)
    })
  })
})

test('administrators see what runs', async ({ page, api, site }) => {
  await api.files(await api.build('a pomodoro timer'))
  await page.goto(`${site}/admin/sandboxes`)
  await expect(page.getByRole('region', { name: 'This server' })).toBeVisible()
  await expect(page.getByText('No app needs a machine yet')).toBeVisible()
  expect(await violations(page)).toEqual([])
})
