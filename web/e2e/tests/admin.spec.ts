import { expect, test } from '../support/test.js'

test('a limit that is set is told in the audit log', async ({ page, site, api }) => {
  const email = 'ada@example.org'
  const password = 'correct horse battery staple'
  await api.send('PATCH', '/api/account', { email })
  await api.send('POST', '/api/auth/password', { new: password })
  await page.context().clearCookies()
  await page.goto(`${site}/login?next=/admin`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Ready', { exact: true })).toBeVisible()

  const nav = page.getByRole('navigation', { name: 'Administration' })
  await nav.getByRole('link', { name: 'Limits' }).click()
  await page.getByLabel('Dollars a month for Owner (you)').fill('12.50')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Set here.')).toBeVisible()

  await nav.getByRole('link', { name: 'Audit log' }).click()
  const entries = page.getByRole('list', { name: 'Entries, the newest first' }).getByRole('listitem')
  await expect(entries.first()).toContainText('Owner changed a budget')
  await expect(entries.first()).toContainText('$12.50 a month')
  await expect(entries.first()).toContainText('from 127.0.0.1')
  await page.getByRole('combobox', { name: 'Only one kind of act' }).click()
  await page.getByRole('option', { name: 'Sign-in', exact: true }).click()
  await expect(entries.first()).toContainText('Owner signed in')
  await expect(entries.filter({ hasText: 'changed a budget' })).toHaveCount(0)

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('quickvibe-audit.csv')
})
