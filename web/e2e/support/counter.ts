import { expect, type Page } from '@playwright/test'

import { type Budgets, type ProjectCreated } from '../../src/api/generated/wire.js'
import { type Api } from './api.js'
import { type Script } from './model.js'
import { Workspace } from './workspace.js'

export const PROMPT = 'a counter with one button'
/** Known to write edits, and priced; weak models are not asked to review or test what they wrote. */
export const STRONG = ['claude-sonnet-4-5']
/** Where the server looks for a browser as a user's would. */
export const withBrowser = { QUICKVIBE_CHROMIUM: process.env.QUICKVIBE_CHROMIUM ?? '' }
export const COUNTS = 'setCount(count + 1)'

/** A small app with one thing to do, whose button does `act`. */
export const source = (act = COUNTS, title = 'Counter'): string => `import { useState } from "react";

export function App() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>${title}</h1>
      <p>Count: {count}</p>
      <button type="button" onClick={() => ${act}}>
        Add one
      </button>
    </main>
  );
}
`
export const file = (path: string, text: string): string => `<file path="${path}">\n${text}</file>\n`
export const app = (text = source()): string => `I write it.\n\n${file('src/App.tsx', text)}`
export const edit = (path: string, search: string, replace: string): string =>
  `<edit path="${path}">\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n</edit>\n`
/** The app is there, and then comes what the test is about. */
export const good: Script['rules'][number] = { when: PROMPT, replies: [{ text: app() }] }

export const begin = async (api: Api): Promise<string> => {
  const { project } = await api.send<ProjectCreated>('POST', '/api/projects', { prompt: PROMPT })
  return project.id
}
export const hashes = async (api: Api, project: string): Promise<Record<string, string>> => {
  const { items } = await api.files(project)
  return Object.fromEntries(items.map(({ path, hash }) => [path, hash]))
}
/** What was spent by now: of the person's own, and by the instance for repairs. */
export async function spent(api: Api): Promise<{ own: number; repairs: number }> {
  const { user, repairs } = await api.send<Budgets>('GET', '/api/budgets')
  return { own: user.spent_nanousd, repairs: repairs.spent_nanousd }
}

export async function opened(page: Page, site: string, project: string): Promise<Workspace> {
  const workspace = new Workspace(page)
  await workspace.open(site, project)
  return workspace
}

/** A project whose app works, on the page, and its files. */
export async function working(page: Page, api: Api, site: string) {
  const project = await api.build(PROMPT)
  const workspace = await opened(page, site, project)
  await workspace.finished(/Version 2\s*verified/)
  return { project, workspace, files: await hashes(api, project) }
}

/** As a person would see that the app works. What it had counted before, it may know still. */
export async function counts({ app: shown }: Workspace, title = 'Counter'): Promise<void> {
  await expect(shown.getByRole('heading', { name: title, exact: true })).toBeVisible()
  const count = shown.getByText(/^Count: \d+$/)
  const before = Number(/\d+/.exec(await count.innerText())?.[0])
  await shown.getByRole('button', { name: 'Add one' }).click()
  await expect(count).toHaveText(`Count: ${before + 1}`)
}
