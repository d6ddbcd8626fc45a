import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { toast } from 'sonner'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { violations } from '@/testing/axe'
import { renderInWorkspace } from '@/testing/renderInWorkspace'
import { mockServer } from '@/testing/server'

import { VersionsPane } from './VersionsPane'

const context = mockServer()

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}

/** Version 2 changes one file, version 3 adds one and removes one. */
beforeEach(() => {
  const state = first()
  state.files.set('src/styles.css', `body { color: red; background: ${'#123456 '.repeat(60)}; }\n`)
  context.db.addVersion(state, 'turn', 'Make it red', true).summary = 'The page is red now, and nothing else.'
  state.files.set('src/extra.ts', 'export const extra = 1\n')
  state.files.delete('src/lib/sessions.ts')
  context.db.addVersion(state, 'edit', 'Edit by hand', null)
})
afterEach(() => {
  toast.dismiss()
})

const list = async () => {
  await screen.findByText('Edit by hand')
  return within(screen.getByRole('list', { name: 'Versions, newest first' }))
}
const choose = async (label: string, option: string) => {
  await userEvent.click(screen.getByRole('combobox', { name: label }))
  await userEvent.click(await screen.findByRole('option', { name: option }))
}

test('rows say what changed; the diff begins with a summary of it', async () => {
  renderInWorkspace(<VersionsPane />, first())
  const rows = await list()
  expect(rows.getByText('The page is red now, and nothing else.')).toBeVisible()
  expect(rows.getAllByText('verified')).toHaveLength(2)
  const summary = within(await screen.findByRole('region', { name: 'What changed' }))
  expect(summary.getByText('2 files: 1 added, 1 removed')).toBeVisible()
  await userEvent.click(summary.getByRole('button', { name: /src\/lib\/sessions\.ts/ }))
  expect(screen.getByRole('region', { name: 'Removed: src/lib/sessions.ts' })).toHaveFocus()
  await userEvent.click(rows.getByRole('button', { name: 'Make it red' }))
  expect(await screen.findByText('1 file: 1 changed')).toBeVisible()
  expect(await violations()).toEqual([])
})

test('any two versions are compared', async () => {
  renderInWorkspace(<VersionsPane />, first())
  await screen.findByText('2 files: 1 added, 1 removed')
  await choose('Compare from', 'v1')
  expect(await screen.findByText('3 files: 1 added, 1 changed, 1 removed')).toBeVisible()
  await choose('Compare to', 'v1')
  expect(await screen.findByText('No file differs')).toBeVisible()
  await choose('Compare from', 'Nothing')
  expect(await screen.findByText(/^8 files: 8 added/)).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'More about version 2' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Compare with the current version' }))
  expect(await screen.findByText('2 files: 1 added, 1 removed')).toBeVisible()
})

test('files alone go back, or the chat with them', async () => {
  const { project } = first()
  context.db.startTurn(first(), 'Later')
  await waitFor(() => expect(project.head_version).toBe(4))
  await waitFor(() => expect(project.active_generation).toBeNull())
  renderInWorkspace(<VersionsPane />, first())
  const rows = await list()
  await userEvent.click(rows.getByRole('button', { name: 'Restore version 2 as a new version' }))
  const asks = within(await screen.findByRole('dialog', { name: 'Restore version 2?' }))
  await userEvent.click(asks.getByRole('radio', { name: /Files and chat/ }))
  await userEvent.click(asks.getByRole('button', { name: 'Restore' }))
  expect(
    await screen.findByText('Version 5 has the files of version 2, and the chat is as it was then'),
  ).toBeVisible()
  expect(first().messages.every((message) => message.set_aside)).toBe(true)
})

test('a narrow screen has the list or the diff, and wraps long lines', async () => {
  renderInWorkspace(<VersionsPane />, first(), { wide: false })
  await userEvent.click((await list()).getByRole('button', { name: 'Make it red' }))
  const line = await screen.findByText(/body \{ color: red/)
  expect(line).toHaveClass('whitespace-pre-wrap')
  // One column of numbers, the sign, the text.
  expect(line.closest('tr')?.cells).toHaveLength(3)
  await userEvent.click(screen.getByRole('button', { name: 'Versions' }))
  expect(await list()).toBeDefined()
})
