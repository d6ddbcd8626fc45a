import { createHmac } from 'node:crypto'

import { expect, test } from '../support/test.js'

const EMAIL = 'ada@example.org'
const PASSWORD = 'correct horse battery staple'
const STEP_MS = 30_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

test('a second factor is set up, and signs in by a code and by a recovery code', async ({
  page,
  api,
  site,
  context,
  guard,
}) => {
  // A step of the clock is waited for.
  test.setTimeout(120_000)
  // How the pages learn that nobody is signed in.
  guard.expect(/401 \(Unauthorized\)/)
  await api.send('PATCH', '/api/account', { email: EMAIL })
  await api.send('POST', '/api/auth/password', { new: PASSWORD })
  await context.clearCookies()

  const givePassword = async () => {
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  const signOut = async () => {
    await page.getByRole('button', { name: 'Account of Owner' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  }

  await page.goto(`${site}/login?next=/settings/account`)
  await givePassword()
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const first = page.getByLabel('Code that the app shows')
  await expect(first).toBeFocused()
  const secret = await page.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4}){3,}$/).innerText()
  const app = new Authenticator(secret)
  await first.fill(await app.code())
  await page.getByRole('button', { name: 'Turn on' }).click()

  // The codes are shown this once: only who says so leaves them.
  const dialog = page.getByRole('dialog', { name: 'Your recovery codes' })
  const items = dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(items).toHaveCount(10)
  await page.keyboard.press('Escape')
  await page.mouse.click(5, 5)
  await expect(items).toHaveCount(10)
  const [recovery = ''] = await items.allInnerTexts()
  await dialog.getByRole('button', { name: 'I have kept them' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('10 recovery codes left.')).toBeVisible()
  await expect(page.getByText(secret)).toHaveCount(0)
  await signOut()

  await givePassword()
  await expect(page.getByRole('heading', { name: 'Your code' })).toBeVisible()
  await page.getByLabel('Code', { exact: true }).fill(await app.code())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('10 recovery codes left.')).toBeVisible()
  await signOut()

  await givePassword()
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code', { exact: true }).fill(recovery)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('9 recovery codes left.')).toBeVisible()
})

/** What a phone does with the secret (RFC 6238: SHA-1, six digits, 30 seconds). Gives no code twice. */
class Authenticator {
  private readonly key: Buffer
  private used = 0

  constructor(secret: string) {
    const bits = Array.from(secret.replaceAll(' ', ''), (letter) =>
      ALPHABET.indexOf(letter).toString(2).padStart(5, '0'),
    ).join('')
    this.key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  }

  async code(): Promise<string> {
    const step = Math.max(this.used + 1, Math.floor(Date.now() / STEP_MS))
    const wait = step * STEP_MS - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    this.used = step
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const mac = createHmac('sha1', this.key).update(counter).digest()
    const at = (mac.at(-1) ?? 0) & 0xf
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
  }
}
