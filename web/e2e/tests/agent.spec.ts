import { COUNTS, STRONG, file, source, withBrowser } from '../support/counter.js'
import { type Script } from '../support/model.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

/** A model's answer that plans and writes the counter. */
const app = (act: string, title?: string): string => `I write it.

<plan>
- [ ] Write the counter
</plan>

${file('src/App.tsx', source(act, title))}`
const CHECK = `<check name="Count up">
open "/"
press "Add one"
see "Count: 1"
</check>

<check name="Never holds">
open "/"
see "Nothing says this"
</check>
`
const tests: Script['rules'][number] = {
  system: 'You write smoke checks',
  replies: [{ text: CHECK }, { text: 'none' }],
  repeat: true,
}

test.describe('an app that worked', () => {
  test.describe.configure({ timeout: 180_000 })
  test.use({
    settings: withBrowser,
    script: {
      models: STRONG,
      rules: [
        tests,
        // Mending that mends nothing, twice the same.
        { when: 'Count up', replies: [{ text: app('setCount(count - 1)') }], repeat: true },
        { when: 'count by', replies: [{ text: app('setCount(count)', 'By twos') }] },
        { when: 'counter', replies: [{ text: app(COUNTS) }] },
      ],
    },
  })

  test('is looked at, remembered by a check, and given back when a turn breaks it', async ({
    page,
    api,
    site,
  }) => {
    const { project } = await api.send<{ project: { id: string } }>('POST', '/api/projects', {
      prompt: 'a counter with one button',
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    await expect(workspace.turn.getByRole('button').first()).toContainText(/verified/, { timeout: 60_000 })
    await workspace.unfold()
    await expect(workspace.turn.getByText('Runs in a browser')).toBeVisible()
    await expect(
      workspace.turn.getByRole('button', { name: 'Show the picture of the app larger' }),
    ).toBeVisible()
    // The check that held was kept, the other was not.
    const { items } = await api.files(project.id)
    expect(items.map(({ path }) => path).filter((path) => path.startsWith('checks/'))).toEqual([
      'checks/count-up.check',
    ])
    const before = await api.text(project.id, 'src/App.tsx')

    await workspace.say('let it count by twos')
    await expect(workspace.turn.getByRole('button').first()).toContainText('Taken back', { timeout: 90_000 })
    const notice = workspace.chat.getByRole('region', { name: 'Taken back' })
    await expect(notice).toContainText('Count up')
    await expect(notice.getByRole('button', { name: 'Try again' })).toBeVisible()
    expect(await api.text(project.id, 'src/App.tsx')).toBe(before)
    expect((await api.versions(project.id))[0]).toMatchObject({ verified: true })

    await page.keyboard.press('Alt+4')
    const checks = page.getByRole('list', { name: 'Checks of the app' })
    await expect(checks).toContainText('Count up')
    await page.getByRole('button', { name: 'Run now' }).click()
    await expect(page.getByRole('region', { name: 'The last run' })).toBeVisible({ timeout: 30_000 })
  })
})

test.describe('a change that is not small', () => {
  const lines = Array.from({ length: 45 }, (_, i) => `      <p>Line ${i}</p>`).join('\n')
  const long = (title: string) => app(COUNTS, title).replace('      <p>Count', `${lines}\n      <p>Count`)
  test.use({
    script: {
      models: STRONG,
      rules: [
        {
          system: 'You review a change',
          replies: [{ text: '<finding path="src/App.tsx">The title does not say what it counts.</finding>' }],
        },
        { when: 'The title does not say', replies: [{ text: long('Steps walked') }] },
        { when: 'counter', replies: [{ text: long('Counter') }] },
      ],
    },
  })

  test('is reviewed, mended once, and its cost is told by role', async ({ page, api, site, model }) => {
    const project = await api.build('a counter with one button')
    expect((await model.state()).requests).toHaveLength(3)
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2/)
    await workspace.unfold()
    await expect(workspace.turn).toContainText('The title does not say what it counts.')
    await workspace.turn.getByText('Cost by role').click()
    await expect(workspace.turn.getByRole('row', { name: /Reviewer/ })).toBeVisible()
    expect(await api.text(project, 'src/App.tsx')).toContain('Steps walked')
  })
})

test.describe('a prompt that says nothing', () => {
  test.use({ script: { rules: [{ when: 'counter', replies: [{ text: app(COUNTS) }] }] } })

  test('is asked about before a model is paid, and the answers are built', async ({
    page,
    api,
    site,
    model,
  }) => {
    const { project } = await api.send<{ project: { id: string } }>('POST', '/api/projects', {
      prompt: 'make me an app',
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    const card = page.getByRole('form', { name: 'A few questions before it goes on' })
    await expect(card).toBeVisible()
    expect((await model.state()).requests).toHaveLength(0)
    const [first] = await card.getByRole('group').all()
    await first?.getByRole('textbox').fill('A counter with one button')
    for (const group of await card.getByRole('group').all()) {
      if ((await group.getByRole('radio').count()) > 0 && group !== first)
        await group.getByRole('radio').first().check({ force: true })
    }
    await first?.getByRole('textbox').fill('A counter with one button')
    await card.getByRole('button', { name: 'Send the answers' }).click()
    await workspace.finished(/Version \d/)
    expect(await api.text(project.id, 'src/App.tsx')).toContain('Add one')
  })
})

const held = app('setCount(count + 5)')

test.describe('messages while the agent works', () => {
  test.use({
    script: {
      rules: [
        { when: 'to ten', replies: [{ text: app('setCount(count + 10)') }] },
        { when: 'five', replies: [{ text: held, hold_after: held.indexOf('</file>') - 30 }] },
        { when: 'counter', replies: [{ text: app(COUNTS) }] },
      ],
    },
  })

  test('wait in order, can be changed, and are sent by themselves', async ({ page, api, site, model }) => {
    const project = await api.build('a counter with one button')
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2/)
    await workspace.say('by five')
    await model.held()
    await workspace.say('change it to eleven')
    const queue = page.getByRole('list', { name: 'Sent next, in this order' })
    await queue.getByRole('button', { name: 'Edit message 1: change it to eleven' }).click()
    await queue.getByRole('textbox').fill('change it to ten')
    await queue.getByRole('button', { name: 'Keep' }).click()
    await expect(queue).toContainText('change it to ten')
    await page.reload()
    await expect(queue).toContainText('change it to ten')
    await model.release()
    await expect(queue).toBeHidden({ timeout: 30_000 })
    await workspace.finished(/Version 4/)
    expect(await api.text(project, 'src/App.tsx')).toContain('count + 10')
    await expect(workspace.chat).toContainText('change it to ten')
  })

  test('what a person writes meanwhile stays, and what met it can be made', async ({
    page,
    api,
    site,
    model,
  }) => {
    const project = await api.build('a counter with one button')
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2/)
    await workspace.say('by five')
    await model.held()
    const mine = (await api.text(project, 'src/App.tsx')).replace('count + 1)', 'count + 3)')
    await api.save(project, 'src/App.tsx', mine)
    await model.release()
    // All that it wanted met what was written.
    await workspace.finished(/nothing changed/)
    await expect.poll(() => api.text(project, 'src/App.tsx')).toContain('count + 3)')
    await workspace.show('Code')
    await page.getByRole('button', { name: /A change of the agent’s waits/ }).click()
    const change = page.getByRole('region', { name: 'Change to src/App.tsx' })
    await expect(change).toContainText('count + 5')
    await change.getByRole('button', { name: 'Make it' }).click()
    await expect.poll(() => api.text(project, 'src/App.tsx')).toContain('count + 5)')
  })

  test('an earlier message is edited, and the chat goes on from there', async ({
    page,
    api,
    site,
    model,
  }) => {
    const project = await api.build('a counter with one button')
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2/)
    await workspace.say('by five')
    await model.held()
    await model.release()
    await workspace.finished(/Version 3/)
    await workspace.chat.getByText('by five', { exact: true }).hover()
    await workspace.chat.getByRole('button', { name: 'Edit and go on from here' }).last().click()
    await workspace.chat.getByRole('textbox', { name: 'Your message' }).fill('change it to ten')
    await workspace.chat.getByRole('button', { name: 'Go on from here', exact: true }).click()
    await expect(workspace.chat.getByRole('button', { name: /set aside/ })).toBeVisible()
    await workspace.finished(/Version 5/)
    expect(await api.text(project, 'src/App.tsx')).toContain('count + 10')
    const { requests } = await model.state()
    expect(requests.at(-1)?.last_user).not.toContain('by five')
  })
})

test.describe('a plan', () => {
  test.use({
    script: {
      rules: [
        {
          when: 'Count in tens',
          replies: [{ text: app('setCount(count + 10)') }],
        },
        {
          when: 'what would you change',
          replies: [
            { text: 'I would do this.\n\n<plan>\n- [ ] Count in twos\n- [ ] Paint it red\n</plan>\n' },
          ],
        },
        { when: 'counter', replies: [{ text: app(COUNTS) }] },
      ],
    },
  })

  test('is edited by a person and then built', async ({ page, api, site }) => {
    const project = await api.build('a counter with one button')
    const workspace = new Workspace(page)
    await workspace.open(site, project)
    await workspace.finished(/Version 2/)
    await page.getByRole('combobox', { name: 'What the turn is for' }).click()
    await page.getByRole('option', { name: /Plan/ }).click()
    await workspace.say('what would you change')
    const plan = page.getByRole('region', { name: 'The plan' })
    await expect(plan).toBeVisible()
    expect((await api.versions(project))[0]?.number).toBe(2)
    await plan.getByRole('button', { name: 'Remove step 2' }).click()
    await plan.getByRole('textbox', { name: 'Step 1' }).fill('Count in tens')
    await plan.getByRole('button', { name: 'Build this plan' }).click()
    await workspace.finished(/Version 3/)
    expect(await api.text(project, 'src/App.tsx')).toContain('count + 10')
  })
})

test('a key in the app’s files is found, and stands in the way of publishing', async ({
  page,
  api,
  site,
}) => {
  const project = await api.build('a pomodoro timer')
  // Put together, so that no scanner takes this file for the fault.
  const key = ['sk', 'ant', 'api03', 'Zk31Qw7Lm04Xv92RtZk31Qw7Lm04Xv92Rt'].join('-')
  await api.save(project, 'src/secret.ts', `export const key = "${key}";\n`)
  const workspace = new Workspace(page)
  await workspace.open(site, project)
  await page.getByRole('button', { name: '1 critical finding' }).click()
  const secrets = page.getByRole('region', { name: 'Secrets' })
  await expect(secrets).toContainText('src/secret.ts:1')
  await expect(secrets).not.toContainText(key)
  await expect(page.getByText('Publishing has to wait')).toBeVisible()
})
