import { type Script } from '../support/model.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

const PROMPT = 'a pomodoro timer with statistics, dark'

/** The heading gets a badge: one new file, one file edited in two places. */
const badge = (text: string): string => `I add a badge beside the name – größer, schöner, ✓ 番茄.

<plan>
- [ ] Write the badge
- [ ] Show it in the header
</plan>

<file path="src/components/Badge.tsx">
export function Badge() {
  return <span data-testid="badge" className="rounded-full bg-accent px-2 py-0.5 text-on-accent">${text}</span>;
}
</file>

<edit path="src/components/Header.tsx">
<<<<<<< SEARCH
import { config } from "../config";
=======
import { config } from "../config";
import { Badge } from "./Badge";
>>>>>>> REPLACE
<<<<<<< SEARCH
      <button
        type="button"
        onClick={onSettings}
=======
      <Badge />
      <button
        type="button"
        onClick={onSettings}
>>>>>>> REPLACE
</edit>
`
const always = (...replies: Script['rules'][number]['replies']): Script => ({ rules: [{ replies }] })

test.describe('an answer in pieces of one byte', () => {
  test.use({ script: always({ text: badge('🍅 tomato'), cut: { bytes: 1 }, delta_chars: 3 }) })

  test('becomes the same app', async ({ page, api, site, model }) => {
    const project = await api.build(PROMPT)
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2\s*verified/)
    await expect(workspace.app.getByTestId('badge')).toHaveText('🍅 tomato')
    await expect(workspace.chat).toContainText('größer, schöner, ✓ 番茄')
    expect(await api.text(project, 'src/components/Badge.tsx')).toContain('>🍅 tomato</span>')
    expect((await model.state()).requests).toHaveLength(1)
  })
})

const broken = badge('mended').replace('</span>;', '</spam>;')
const mended = (badge('mended').split('<edit')[0] ?? '').replace(/<plan>[^]*<\/plan>/, '')

test.describe('a model that makes a mistake', () => {
  test.use({ script: always({ text: broken }, { text: mended }) })

  test('is told of it and mends it', async ({ page, api, site, model }) => {
    const project = await api.build(PROMPT)
    const { requests } = await model.state()
    expect(requests).toHaveLength(2)
    expect(requests[1]?.last_user).toContain('<errors>')
    expect(requests[1]?.last_user).toMatch(/src\/components\/Badge\.tsx:2/)

    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2\s*verified/)
    await expect(workspace.app.getByTestId('badge')).toHaveText('mended')
    expect((await api.versions(project))[0]).toMatchObject({ verified: true, number: 2 })
  })
})

test.describe('a repair', () => {
  test.use({ script: always({ text: broken, hold_after: 20 }, { text: mended }) })

  test('is not charged for the repair, which the turn shows while it works', async ({
    page,
    api,
    site,
    model,
  }) => {
    const { project } = await api.send<{ project: { id: string } }>('POST', '/api/projects', {
      prompt: PROMPT,
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    // Held until the page follows: a finished turn's card has no findings.
    await model.held()
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
    await model.release()
    await workspace.finished(/Version 2\s*verified/)
    await workspace.unfold()
    await expect(workspace.turn.getByText('not charged').first()).toBeVisible()
    await expect(workspace.turn.getByText('1 problem')).toBeVisible()
  })
})

test.describe('a reload in mid-stream', () => {
  const text = badge('after the reload')
  test.use({ script: always({ text, hold_after: text.indexOf('</file>') - 40, delta_chars: 7 }) })

  test('shows the same text, and the turn goes on', async ({ page, api, site, model }) => {
    const { project } = await api.send<{ project: { id: string } }>('POST', '/api/projects', {
      prompt: PROMPT,
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    await model.held()
    const prose = workspace.chat.getByText(/I add a badge beside the name/)
    await expect(prose).toBeVisible()
    await expect(workspace.turn).toContainText('Badge.tsx')
    const before = await prose.textContent()

    await page.reload()
    await expect(prose).toHaveText(before ?? '')
    await expect(workspace.turn).toContainText('Badge.tsx')
    await expect(workspace.turn).toContainText('Show it in the header')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()

    await model.release()
    await workspace.finished(/Version 2\s*verified/)
    await expect(workspace.app.getByTestId('badge')).toHaveText('after the reload')
    expect((await model.state()).requests).toHaveLength(1)
  })
})

test.describe('stopping in mid-stream', () => {
  const second = badge('never applied')
  test.use({
    script: {
      rules: [
        { when: 'pomodoro', replies: [{ text: 'It is there already, just as you asked.' }] },
        { when: 'badge', replies: [{ text: second, hold_after: second.indexOf('</edit>') - 5 }] },
      ],
    },
  })

  test('hangs up on the model and leaves the files as they were', async ({ page, api, site, model }) => {
    const project = await api.build(PROMPT)
    const hashes = async () => (await api.files(project)).items.map(({ path, hash }) => [path, hash])
    const before = await hashes()

    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.say('add a badge')
    await model.held()
    await page.getByRole('button', { name: 'Stop' }).click()
    await workspace.finished('Stopped')
    const { requests } = await model.until(
      (state) => state.requests[1]?.outcome === 'disconnected',
      'the connection of the stopped call is closed',
    )
    expect(requests).toHaveLength(2)
    expect(await hashes()).toEqual(before)
    await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
  })
})

test.describe('a package that is not there', () => {
  const answer = `I use a library.

<edit path="src/components/Header.tsx">
<<<<<<< SEARCH
import { config } from "../config";
=======
import confetti from "canvas-confetti";
import { config } from "../config";
confetti();
>>>>>>> REPLACE
</edit>
`
  test.use({
    script: { rules: [{ replies: [{ text: answer }, { text: 'I leave it so.' }, { text: 'Still.' }] }] },
  })

  test('is named, with the offer to add it', async ({ page, api, site, model, guard }) => {
    guard.expect(/Failed to load resource/)
    const project = await api.build(PROMPT)
    expect((await model.state()).requests[1]?.last_user).toContain('canvas-confetti')
    const { diagnostics } = await api.preview(project)
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        kind: 'package',
        package: 'canvas-confetti',
        path: 'src/components/Header.tsx',
      }),
    )
    expect((await api.versions(project))[0]?.verified).toBe(false)
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2\s*not verified/)
    await expect(workspace.app.getByRole('alert')).toContainText('canvas-confetti')
    await page.getByRole('button', { name: /Add canvas-confetti/ }).click()
    await expect(page.getByText(/canvas-confetti.*(registry|offline)/i).first()).toBeVisible()
  })
})
