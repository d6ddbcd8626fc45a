import { violations } from '../support/axe.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

const PROMPT = 'a pomodoro timer with statistics, dark'

const answer = (prose: string): string => `${prose}

<file path="src/components/Note.tsx">
export function Note() {
  return <p data-testid="note">größer, schöner, ✓ 番茄</p>;
}
</file>
`

test.describe('a turn that fails for good', () => {
  test.use({
    script: {
      rules: [
        {
          replies: [
            { status: 401, body: '{"error":{"message":"no such key","type":"invalid_api_key"}}' },
            { text: answer('I add a note.') },
          ],
        },
      ],
    },
  })

  test('is kept on a list, and tried again from there', async ({ page, api, site, model }) => {
    const { project } = await api.send<{ project: { id: string; name: string } }>('POST', '/api/projects', {
      prompt: PROMPT,
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    await workspace.finished('Did not finish')
    await workspace.chat.getByRole('link', { name: 'Failed turns' }).click()

    await expect(page.getByRole('heading', { name: 'Failed turns', level: 1 })).toBeVisible()
    const row = page.getByRole('main').getByRole('article')
    await expect(row).toHaveCount(1)
    await expect(row).toContainText(PROMPT)
    await expect(row).toContainText('did not accept the API key')
    expect(await violations(page)).toEqual([])
    for (const width of [390, 1024]) {
      await page.setViewportSize({ width, height: 844 })
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect.soft(overflow, `wider than ${width} by`).toBe(0)
    }

    // By keyboard: the question, its refusal, then the retry.
    await page.getByRole('button', { name: /^Discard/ }).press('Enter')
    await expect(page.getByRole('dialog', { name: 'Discard this failed turn?' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: /^Discard/ })).toBeFocused()
    await page.getByRole('button', { name: /^Retry/ }).press('Enter')
    await expect(page.getByText('the turn runs again')).toBeVisible()
    await expect(page.getByText('Nothing waits for you')).toBeVisible()
    await page.getByRole('button', { name: 'Watch' }).click()
    await workspace.finished(/Version 2\s*verified/)
    expect(await api.text(project.id, 'src/components/Note.tsx')).toContain('番茄')
    expect((await model.state()).requests).toHaveLength(2)
  })
})

test.describe('a connection that breaks in mid-stream', () => {
  const text = answer('I add a note – größer, schöner, ✓ 番茄 – and nothing else.')
  test.use({
    script: { rules: [{ replies: [{ text, hold_after: text.indexOf('</file>') - 40, delta_chars: 7 }] }] },
  })

  test('is said in a quiet line, and then the same text goes on', async ({
    page,
    context,
    api,
    site,
    model,
    guard,
  }) => {
    guard.expect(/Failed to load resource|ERR_INTERNET_DISCONNECTED/)
    const { project } = await api.send<{ project: { id: string } }>('POST', '/api/projects', {
      prompt: PROMPT,
    })
    const workspace = new Workspace(page)
    await workspace.open(site, project.id)
    await model.held()
    const prose = workspace.chat.getByText(/I add a note/)
    await expect(prose).toHaveText('I add a note – größer, schöner, ✓ 番茄 – and nothing else.')
    await expect(workspace.turn).toContainText('Note.tsx')

    await context.setOffline(true)
    await expect(workspace.chat.getByText(/^Connection lost\. Trying again/)).toBeVisible()
    await expect(workspace.turn.getByRole('button').first()).toContainText('Connection lost')
    await expect(prose).toHaveText('I add a note – größer, schöner, ✓ 番茄 – and nothing else.')
    // The agent goes on without anybody who looks.
    await model.release()
    await expect.poll(async () => (await model.state()).requests[0]?.outcome).toBe('said')

    await context.setOffline(false)
    await workspace.finished(/Version 2\s*verified/)
    await expect(workspace.chat.getByText(/Connection lost/)).toHaveCount(0)
    await expect(prose).toHaveCount(1)
    await expect(prose).toHaveText('I add a note – größer, schöner, ✓ 番茄 – and nothing else.')
    expect((await model.state()).requests).toHaveLength(1)
  })
})
