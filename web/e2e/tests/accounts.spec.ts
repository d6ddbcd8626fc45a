import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { type InviteCreated } from '../../src/api/generated/wire.js'
import { binary, cleanEnvironment } from '../support/environment.js'
import { expect, test } from '../support/test.js'

const FIRST = 'correct horse battery staple'
const SECOND = 'another horse battery staple'

// asvs: 27, 33, 47
test('an invitation, an account, signing out, a new password by a link, signing in', async ({
  page,
  api,
  site,
  server,
  context,
  guard,
}) => {
  // How the pages learn that nobody is signed in, and that a link is used up.
  guard.expect(/401 \(Unauthorized\)/)
  const { token } = await api.send<InviteCreated>('POST', '/api/admin/invites', {})
  await context.clearCookies()
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))

  await page.goto(`${site}/join#token=${token}`)
  await page.getByRole('textbox', { name: 'Name' }).fill('Bob')
  await page.getByRole('textbox', { name: 'E-mail' }).fill('bob@example.org')
  await page.getByLabel('Password', { exact: true }).fill(FIRST)
  await page.getByRole('button', { name: 'Make my account' }).click()
  await expect(page.getByRole('heading', { name: 'What shall we build?' })).toBeVisible()
  expect(page.url()).toBe(`${site}/`)

  await page.getByRole('button', { name: 'Account of Bob' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.goto(`${site}/join#token=${token}`)
  await expect(page.getByRole('heading', { name: 'This invitation no longer works' })).toBeVisible()

  const { stdout } = await promisify(execFile)(
    binary('quickvibe'),
    ['admin', 'reset-link', 'bob@example.org', '--data', server.data],
    { env: cleanEnvironment() },
  )
  const reset = new URL(stdout.trim()).hash
  await page.goto(`${site}/reset${reset}`)
  await page.getByLabel('New password', { exact: true }).fill(SECOND)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()

  const signIn = async (password: string) => {
    await page.getByRole('textbox', { name: 'E-mail' }).fill('bob@example.org')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await signIn(FIRST)
  await expect(page.getByRole('alert')).toContainText('is not right')
  await signIn(SECOND)
  await expect(page.getByRole('heading', { name: 'What shall we build?' })).toBeVisible()

  // What opens an account was in no request's address, and stays nowhere in the browser.
  const kept = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
  )
  for (const secret of [token, reset.replace('#token=', ''), FIRST, SECOND]) {
    expect(addresses.join('\n') + kept).not.toContain(secret)
  }
})
