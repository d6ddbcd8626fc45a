import { expect, type Page } from '@playwright/test'

import { Workspace } from './workspace.js'

/** A page of the app and how to tell that it is there. */
export interface AppPage {
  name: string
  open: (page: Page, site: string, project: string) => Promise<void>
}

const plain = (name: string, path: string, heading: string): AppPage => ({
  name,
  open: async (page, site) => {
    await page.goto(site + path)
    await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible()
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  },
})

const view = (
  name: 'preview' | 'code' | 'versions' | 'chat',
  shown: (page: Page) => Promise<void>,
): AppPage => ({
  name: `project-${name}`,
  open: async (page, site, project) => {
    await new Workspace(page).open(site, project, name)
    await shown(page)
  },
})

const panel = (name: 'checks' | 'findings', title: string): AppPage => ({
  name: `project-${name}`,
  open: async (page, site, project) => {
    await page.goto(`${site}/projects/${project}?view=preview&panel=${name}`)
    await expect(page.getByRole('region', { name: title })).toBeVisible()
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  },
})

/** Every page that a signed-in person sees. */
export const PAGES: AppPage[] = [
  plain('home', '/', 'What shall we build?'),
  plain('projects', '/projects', 'Projects'),
  view('preview', async (page) => {
    await expect(new Workspace(page).app.getByRole('heading').first()).toBeVisible()
  }),
  view('code', async (page) => {
    const tree = page.getByRole('tree', { name: 'Files' })
    await expect(tree).toBeVisible()
    await new Workspace(page).openFile('src/App.tsx')
  }),
  view('versions', async (page) => {
    await expect(page.getByRole('list', { name: 'Versions, newest first' })).toBeVisible()
    await expect(page.getByText('Comparing versions').filter({ visible: true })).toHaveCount(0)
  }),
  view('chat', async (page) => {
    await expect(new Workspace(page).turn).toBeVisible()
  }),
  panel('checks', 'Checks'),
  panel('findings', 'Findings'),
  plain('settings-models', '/settings/models', 'Models'),
  plain('settings-account', '/settings/account', 'Account'),
  plain('settings-sessions', '/settings/sessions', 'Sessions'),
  plain('settings-tokens', '/settings/tokens', 'API tokens'),
  plain('settings-activity', '/settings/activity', 'Activity'),
  plain('settings-appearance', '/settings/appearance', 'Appearance'),
  plain('settings-usage', '/settings/usage', 'Usage'),
  plain('settings-failed-turns', '/settings/failed-turns', 'Failed turns'),
  plain('admin-health', '/admin/health', 'Health'),
  plain('admin-people', '/admin/people', 'People'),
  plain('admin-limits', '/admin/limits', 'Limits'),
  plain('admin-sandboxes', '/admin/sandboxes', 'Sandboxes'),
  plain('admin-prices', '/admin/prices', 'Prices'),
  plain('admin-failed-turns', '/admin/failed-turns', 'Failed turns'),
  plain('admin-audit', '/admin/audit', 'Audit log'),
]

/** What a person sees who is not signed in. */
export const SIGNED_OUT: AppPage[] = [
  plain('login', '/login', 'Sign in'),
  plain('join', '/join', 'You need an invitation'),
  plain('forgot', '/forgot', 'Ask whoever runs this server'),
  plain('reset', '/reset#token=a-token', 'Set a new password'),
]
