import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js'
import { Severity } from 'csp_evaluator/dist/finding.js'
import { CspParser } from 'csp_evaluator/dist/parser.js'

import { expect, test } from '../support/test.js'

// asvs: 12
test('the policy of a page is strict, and its nonce is new for each answer', async ({ api, page, site }) => {
  const project = await api.build('a kanban board')
  const nonces = new Set<string>()
  for (const path of ['/', '/projects', `/projects/${project}`, '/settings/models']) {
    const response = await page.goto(site + path)
    const headers = (await response?.allHeaders()) ?? {}
    expect(headers['cache-control'], path).toBe('no-store')
    const policy = headers['content-security-policy'] ?? ''
    // On plain HTTP, as here, previews are too; behind TLS the same policy names them with https.
    const behindTls = policy.replaceAll('http://', 'https://')
    const found = new CspEvaluator(new CspParser(behindTls).csp).evaluate()
    expect(
      found.filter(({ severity }) => severity <= Severity.MEDIUM).map(({ description }) => description),
      policy,
    ).toEqual([])
    const nonce = /script-src 'nonce-([0-9a-f]{32})'/.exec(policy)?.[1] ?? ''
    nonces.add(nonce)
    const scripts = await page.evaluate(() => [...document.scripts].map((script) => script.nonce))
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.every((carried) => carried === nonce)).toBe(true)
  }
  expect(nonces.size).toBe(4)
})

// asvs: 12
test('a script without the nonce does not run, and the browser tells the server', async ({
  api,
  page,
  site,
  guard,
}) => {
  guard.expect(/Content Security Policy/)
  guard.expect(/nothing\.png/)
  await api.useStarters()
  await page.goto(site)
  await expect(page.getByRole('heading').first()).toBeVisible()
  const told = page.waitForResponse((response) => response.url() === `${site}/api/csp-reports`)
  await page.evaluate(() => {
    const holder = document.createElement('div')
    holder.innerHTML = '<img src="/nothing.png" onerror="document.title = \'owned\'">'
    document.body.append(holder)
  })
  expect((await told).status()).toBe(204)
  expect(await page.title()).not.toBe('owned')
})
