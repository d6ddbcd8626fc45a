import { type Project } from '../../src/api/generated/wire.js'
import { expect, test } from '../support/test.js'
import { Workspace } from '../support/workspace.js'

/** Twenty ways to run a script; each calls one of the three functions that open a dialog. */
const ATTEMPTS = [
  '<script>§</script>',
  '</title><script>§</script>',
  '"><script>§</script>',
  "'><img src=x onerror=§>",
  '<img src=x onerror=§>',
  '<svg onload=§>',
  '<svg><script>§</script></svg>',
  '<iframe srcdoc="<script>§</script>">',
  '<iframe src="javascript:§">',
  '<a href="javascript:§">x</a>',
  '[x](javascript:§)',
  '![x](x" onerror="§)',
  '<details open ontoggle=§>',
  '<input autofocus onfocus=§>',
  '<math><mi xlink:href="javascript:§">',
  '{{constructor.constructor("§")()}}',
  '${§}',
  '<template><script>§</script></template>',
  '<style>@import "javascript:§";</style>',
  '<body onpageshow=§>',
]
const STRINGS = ['alert(1)', 'confirm(1)', 'prompt(1)'].flatMap((call) =>
  ATTEMPTS.map((attempt) => attempt.replaceAll('§', call)),
)

test.use({ settings: { QUICKVIBE_TURNS_PER_MINUTE: '1000' } })

// asvs: 1
test('names and messages are text wherever they are shown', async ({ page, api, site, context }) => {
  test.setTimeout(240_000)
  expect(new Set(STRINGS).size).toBe(60)
  const found: string[] = []
  page.on('dialog', (dialog) => {
    found.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    if (request.url().endsWith('/api/csp-reports')) found.push(`the policy stopped: ${request.postData()}`)
  })

  // Each is a project's name, and what somebody says to the agent, and part of a file's name.
  const projects: string[] = []
  for (const text of STRINGS) {
    const id = await api.build(`a kanban board ${text}`)
    const project = await api.send<Project>('PATCH', `/api/projects/${id}`, { name: text })
    expect(project.name).toBe(text)
    await api.save(id, `src/${text.replaceAll(/[\\/:*?"<>|]/g, ' ').trim()}.ts`, '')
    projects.push(id)
  }
  for (const [at, text] of STRINGS.entries()) {
    // A person's name.
    await api.send('PATCH', '/api/account', { name: text })
    if (at % 6 === 0) {
      const workspace = new Workspace(page)
      await workspace.open(site, projects[at] ?? '', 'code')
      await expect(page.getByRole('tree', { name: 'Files' })).toBeVisible()
      await expect(workspace.chat).toContainText(text)
      await workspace.open(site, projects[at] ?? '', 'versions')
      await expect(page.getByRole('list', { name: 'Versions, newest first' })).toBeVisible()
    } else {
      await page.goto(`${site}/settings/account`)
      await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(text)
    }
  }
  await page.goto(site)
  await expect(page.getByText(STRINGS[59] ?? '').first()).toBeVisible()
  await page.goto(`${site}/projects`)
  for (const text of STRINGS.slice(40)) await expect(page.getByText(text, { exact: true })).toBeVisible()
  expect(found).toEqual([])
})
