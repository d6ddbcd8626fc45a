import { type Locator, type Page } from '@playwright/test'

import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

/** Presses Tab until the element has the focus; a person would give up at some point, too. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('60 presses of Tab did not lead there')
}

test('the main job needs no mouse', async ({ page, api, site }) => {
  const workspace = new Workspace(page)
  expect(api).toBeDefined()
  await page.goto(site)
  await expect(page.getByRole('textbox', { name: 'Describe the app' })).toBeFocused()
  await page.keyboard.type('a kanban board')
  await page.keyboard.press('Enter')
  await workspace.finished(/Version 1\s*verified/)

  // The person says what changes.
  await page.keyboard.press('Control+i')
  await expect(workspace.composer).toBeFocused()
  await page.keyboard.type('rename it to Launch plan')
  await page.keyboard.press('Enter')
  await workspace.finished(/Version 2\s*verified/)
  await expect(workspace.app.getByRole('heading', { name: 'Launch plan' })).toBeVisible()

  // A file is edited.
  await page.keyboard.press('Alt+2')
  const tree = page.getByRole('tree', { name: 'Files' })
  await expect(tree).toBeVisible()
  await tabTo(page, tree.locator('[role=treeitem][tabindex="0"]'))
  await page.keyboard.press('End')
  const last = tree.locator('[role=treeitem]').last()
  await expect(last).toBeFocused()
  await page.keyboard.press('Home')
  const file = tree.locator('[data-path="index.html"]')
  for (let presses = 0; presses < 80; presses += 1) {
    if (await file.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await expect(workspace.editor).toBeVisible()
  await tabTo(page, workspace.editor)
  await page.keyboard.press('Control+End')
  await page.keyboard.insertText('<!-- by keyboard -->\n')
  await page.keyboard.press('Control+s')
  await expect(page.getByText('Saved as version 3')).toBeVisible()

  // A version is restored.
  await page.keyboard.press('Alt+3')
  const restore = page.getByRole('button', { name: 'Restore version 1 as a new version' })
  await expect(restore).toBeVisible()
  await tabTo(page, restore)
  await page.keyboard.press('Enter')
  // Files only: it is chosen at first.
  await expect(page.getByRole('radio', { name: /Files only/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Version 4 has the files of version 1')).toBeVisible()
})
