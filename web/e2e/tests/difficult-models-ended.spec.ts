import { type Page } from '@playwright/test'

import {
  COUNTS,
  STRONG,
  app,
  begin,
  counts,
  edit,
  file,
  good,
  hashes,
  opened,
  source,
  spent,
  withBrowser,
  working,
} from '../support/counter.js'
import { expect, test } from '../support/test.js'
import { type Workspace } from '../support/workspace.js'

test.describe('a model that repeats a mistake', () => {
  const broken = (title: string) => app(source(COUNTS, title).replace('</main>', '</man>'))
  const usage = { input: 2_000, output: 400 }
  const tries = ['Six', 'Five', 'Four'].map((title) => ({ text: broken(title), usage }))
  test.use({
    script: {
      models: STRONG,
      // Something else each time, and always the same error.
      rules: [{ when: '<errors>', replies: tries }, good, { replies: [{ text: broken('Seven'), usage }] }],
    },
  })

  test('is stopped, not charged for it, and the way back is offered', async ({
    page,
    api,
    site,
    model,
    guard,
  }) => {
    guard.expect(/Failed to load resource/)
    const { project, workspace, files } = await working(page, api, site)
    const before = await spent(api)
    await workspace.say('count by sevens')
    await workspace.finished(/Version 3\s*not verified/)
    // The draft and one repair, of three that there may be.
    expect((await model.state()).requests).toHaveLength(3)
    await workspace.unfold()
    await expect(workspace.turn.getByText('1 problem')).toHaveCount(2)
    await expect(workspace.turn).toContainText('Mending: The app has an error.')
    await expect(workspace.turn.getByText('not charged', { exact: true })).toHaveCount(1)
    await expect(workspace.turn).toContainText('repairs, not charged')
    const after = await spent(api)
    expect(after.repairs - before.repairs).toBeGreaterThan(0)
    expect(after.own - before.own).toBe(after.repairs - before.repairs)

    await page.reload()
    const offer = workspace.chat.getByRole('region', { name: 'Version 3: keep it or not' })
    await expect(offer).toContainText('Version 3 did not pass every check')
    await expect(offer).toContainText('You can go on from here, or go back to before this turn.')
    await expect(offer.getByRole('button')).toHaveText(['Keep it', 'Roll back', 'Try another model'])
    await expect(workspace.app.getByRole('alert')).toContainText('src/App.tsx')
    await workspace.unfold()
    await expect(workspace.turn).toContainText('Tried to mend its own work')
    await offer.getByRole('button', { name: 'Roll back' }).click()
    await expect(page.getByText('Undone: version 4 has the files of version 2')).toBeVisible()
    await counts(workspace)
    expect(await hashes(api, project)).toEqual(files)
  })
})

test.describe('a model that repeats an edit that does not fit', () => {
  const miss = { text: `I change it.\n\n${edit('src/App.tsx', '  <h2>Nowhere</h2>', '  <h2>Here</h2>')}` }
  test.use({
    script: {
      models: STRONG,
      rules: [good, { replies: [miss, miss, miss, { text: app(source(COUNTS, 'Another')) }] }],
    },
  })

  test('has three tries, changes nothing, and can be asked again', async ({ page, api, site, model }) => {
    const { project, workspace, files } = await working(page, api, site)
    const before = await spent(api)
    await workspace.say('another heading')
    await workspace.finished('Did not finish')
    await expect(workspace.turn.getByRole('alert')).toHaveText(
      "The model's changes could not be applied, so none of them was saved: `src/App.tsx`: the searched lines are not in the file. Try again, ask for a smaller change, or choose another model.",
    )
    await expect(workspace.turn.getByText('not charged', { exact: true })).toHaveCount(2)
    const after = await spent(api)
    expect(after.repairs - before.repairs).toBe(2 * (after.own - before.own))
    const { requests } = await model.state()
    expect(requests).toHaveLength(4)
    expect(requests[2]?.last_user).toContain('Send only corrected ones.')
    expect(requests[3]?.last_user).toContain('Write each of the files named here whole')
    expect(await hashes(api, project)).toEqual(files)
    await counts(workspace)
    await workspace.chat.getByRole('button', { name: 'Retry' }).click()
    await workspace.finished(/Version 3\s*verified/)
    await counts(workspace, 'Another')
  })
})

test.describe('a model that repeats a line without end', () => {
  const text = `I write it.\n\n<file path="src/App.tsx">\n${'  let again = 1;\n'.repeat(20_000)}`
  test.use({ script: { rules: [good, { replies: [{ text, delta_chars: 400, between_ms: 2 }] }] } })

  test('is hung up on', async ({ page, api, site, model }) => {
    const { project, workspace, files } = await working(page, api, site)
    await workspace.say('write it again')
    await workspace.finished('Did not finish')
    await expect(workspace.turn.getByRole('alert')).toHaveText(
      'The model repeated itself without end. Try again, or choose another model.',
    )
    await expect(workspace.turn).toContainText('`src/App.tsx` was cut off before its end')
    await expect(workspace.chat.getByRole('button', { name: 'Retry' })).toBeVisible()
    const hungUp = await model.until(
      ({ requests }) => requests[1]?.outcome === 'disconnected',
      'the call is hung up on',
    )
    expect(hungUp.requests).toHaveLength(2)
    expect(await hashes(api, project)).toEqual(files)
    await counts(workspace)
  })
})

test.describe('a model that goes back and forth', () => {
  test.describe.configure({ timeout: 180_000 })
  const CHECK = '<check name="Count up">\nopen "/"\npress "Add one"\nsee "Count: 1"\n</check>\n'
  const down = { text: app(source('setCount(count - 1)')) }
  const renamed = { text: app(source().replace('Add one', 'Plus one')) }
  test.use({
    settings: withBrowser,
    script: {
      models: STRONG,
      rules: [
        { system: 'You write smoke checks', replies: [{ text: CHECK }] },
        { when: 'is named "Add one"', replies: [down], repeat: true },
        { when: '[smoke check] Count up', replies: [renamed], repeat: true },
        good,
        { replies: [down] },
      ],
    },
  })

  test('is stopped, told of, and leaves the app as it was', async ({ page, api, site, model }) => {
    const line = (workspace: Workspace) => workspace.turn.getByRole('button').first()
    const project = await begin(api)
    const workspace = await opened(page, site, project)
    await expect(line(workspace)).toContainText(/Version 2\s*verified/, { timeout: 60_000 })
    const files = await hashes(api, project)
    expect(Object.keys(files)).toContain('checks/count-up.check')
    const asked = (await model.state()).requests.length
    const before = await spent(api)

    await workspace.say('it counts downwards')
    await expect(line(workspace)).toContainText('Taken back', { timeout: 90_000 })
    // There, elsewhere, there again: no third repair.
    const { requests } = await model.state()
    expect(requests.slice(asked)).toHaveLength(3)
    expect(requests.at(-2)?.last_user).toContain('see "Count: 1"')
    expect(requests.at(-1)?.last_user).toContain('is named "Add one"')
    const notice = workspace.chat.getByRole('region', { name: 'Taken back' })
    await expect(notice).toContainText('The changes were taken back')
    await expect(notice).toContainText(
      /The changes broke what had worked, and mending it did not succeed: “Count up” failed \(step 3 \(see "Count: 1"\)/,
    )
    await expect(notice).toContainText('So they were taken back, and the app is as it was before.')
    await expect(notice.getByRole('button')).toHaveText(['Try again', 'Try with another model'])
    await workspace.unfold()
    await expect(workspace.turn.getByText('not charged', { exact: true })).toHaveCount(2)
    const after = await spent(api)
    expect(after.repairs - before.repairs).toBe(2 * (after.own - before.own))
    expect(await hashes(api, project)).toEqual(files)
    expect((await api.versions(project))[0]).toMatchObject({ verified: true })
    await counts(workspace)
  })
})

test.describe('a model that answers nothing', () => {
  test.use({
    script: {
      models: STRONG,
      rules: [good, { replies: [{ text: '' }, { text: app(source(COUNTS, 'Other')) }] }],
    },
  })

  test('is told of, changes nothing, and can be asked again', async ({ page, api, site, model }) => {
    const { project, workspace, files } = await working(page, api, site)
    await workspace.say('another heading')
    await workspace.finished('Did not finish')
    await expect(workspace.turn.getByRole('alert')).toHaveText(
      'The model answered nothing. Try again, or choose another model.',
    )
    expect((await model.state()).requests).toHaveLength(2)
    expect(await hashes(api, project)).toEqual(files)
    expect((await api.versions(project))[0]?.number).toBe(2)
    await counts(workspace)
    await page.reload()
    await expect(workspace.turn.getByRole('alert')).toContainText('The model answered nothing.')
    await workspace.chat.getByRole('button', { name: 'Retry' }).click()
    await workspace.finished(/Version 3\s*verified/)
    await counts(workspace, 'Other')
  })
})

/** Milliseconds between two frames of the page, at worst, while something happens. */
async function slowest(page: Page, what: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const seen = { worst: 0, last: performance.now() }
    Object.assign(globalThis, { seen })
    const look = () => {
      const now = performance.now()
      seen.worst = Math.max(seen.worst, now - seen.last)
      seen.last = now
      requestAnimationFrame(look)
    }
    look()
  })
  await what()
  const worst = await page.evaluate(() => (globalThis as unknown as { seen: { worst: number } }).seen.worst)
  test.info().annotations.push({ type: 'measured', description: `slowest frame ${worst.toFixed(0)} ms` })
  return worst
}

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('')
/** Whoever waits so long for a page believes it broken; a busy machine's page takes a part of it. */
const FROZEN_MS = 4_000
/** Nobody releases what is held there. */
const NEVER_ENDS = 2_100_000
const TOO_LONG = "The model's answer was longer than it may be. Ask for less at once."

test.describe('a file of 2 MB', () => {
  test.describe.configure({ timeout: 120_000 })
  const text = `I write it.

${file('src/App.tsx', source(COUNTS, 'More'))}
<file path="src/Endless.ts">
${lines(80_000, (at) => `export const value${at} = ${at};\n`)}`
  test.use({
    script: {
      rules: [
        good,
        { when: 'Write only', replies: [{ text: 'I cannot.' }] },
        { replies: [{ text, delta_chars: 2_000, hold_after: NEVER_ENDS }] },
      ],
    },
  })

  test('is ended, and what is whole is kept', async ({ page, api, site, model }) => {
    const { project, workspace, files } = await working(page, api, site)
    const worst = await slowest(page, async () => {
      await workspace.say('everything')
      await expect(workspace.turn.getByRole('button').first()).toContainText(/Version 3\s*not verified/, {
        timeout: 60_000,
      })
    })
    expect(worst).toBeLessThan(FROZEN_MS)
    await workspace.unfold()
    await expect(workspace.turn).toContainText('`src/Endless.ts` was cut off before its end')
    const { requests } = await model.until(
      ({ requests: [, second] }) => second?.outcome === 'disconnected',
      'the call is hung up on',
    )
    expect(requests).toHaveLength(3)
    expect(requests[2]?.last_user).toContain('Write only `src/Endless.ts` now, whole')
    // What went on without end is nobody's to pay for again.
    expect(requests[2]?.last_user.length).toBeLessThan(20_000)
    await expect(workspace.chat).toContainText('Not finished, so not in the app: src/Endless.ts.')
    const offer = workspace.chat.getByRole('region', { name: 'Version 3: keep it or not' })
    await expect(offer.getByRole('button')).toHaveText(['Keep it', 'Roll back', 'Try another model'])
    expect(Object.keys(await hashes(api, project))).toEqual(Object.keys(files))
    expect(await api.text(project, 'src/App.tsx')).toBe(source(COUNTS, 'More'))
    await counts(workspace, 'More')
  })
})

for (const [what, end] of [
  ['a line', ' '],
  ['words', '\n\n'],
] as const) {
  test.describe(`${what} of 2 MB`, () => {
    test.describe.configure({ timeout: 120_000 })
    const text = lines(80_000, (at) => `And another thing, number ${at}.${end}`)
    test.use({
      script: { rules: [good, { replies: [{ text, delta_chars: 2_000, hold_after: NEVER_ENDS }] }] },
    })

    test('ends the turn, and the page stays at hand', async ({ page, api, site, model }) => {
      const { project, workspace, files } = await working(page, api, site)
      const worst = await slowest(page, async () => {
        await workspace.say('everything')
        await expect(workspace.turn.getByRole('button').first()).toContainText('Did not finish', {
          timeout: 60_000,
        })
        await workspace.composer.fill('still here')
      })
      expect(worst).toBeLessThan(FROZEN_MS)
      await expect(workspace.turn.getByRole('alert')).toHaveText(TOO_LONG)
      expect((await model.state()).requests).toHaveLength(2)
      expect(await hashes(api, project)).toEqual(files)
      await counts(workspace)

      // Kept with the chat, it is in nobody's way there either.
      const opened = Date.now()
      await page.reload()
      await expect(workspace.chat).toContainText(/It goes on for [12](\.\d)?M more characters/)
      await workspace.chat.getByRole('button', { name: 'Show more' }).click()
      await workspace.composer.fill('still here')
      expect(Date.now() - opened).toBeLessThan(10 * FROZEN_MS)
    })
  })
}
