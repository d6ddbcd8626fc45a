import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http } from 'msw'
import { toast } from 'sonner'
import { afterEach, describe, expect, test } from 'vitest'

import { closeAllStreams } from '@/stream/useGeneration'
import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { renderInWorkspace } from '@/testing/renderInWorkspace'
import { mockServer } from '@/testing/server'

import ChecksPanel from './ChecksPanel'
import { pathForCheck, templateOf, TESTS_PROMPT } from './words'

const context = mockServer()

afterEach(() => {
  closeAllStreams()
  toast.dismiss()
})

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const HOLDS = '# Starts a session\nopen "/"\nsee "minutes"\n'
const BROKEN = '# Shows the week\nopen "/"\npress "Week"\nsee "Monday"\n'

function show(checks: Record<string, string> = {}) {
  for (const [name, text] of Object.entries(checks)) first().files.set(`checks/${name}.check`, text)
  return renderInWorkspace(<ChecksPanel />, first())
}
const choose = async (name: string, act: string) => {
  await userEvent.click(await screen.findByRole('button', { name: `More about ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: act }))
}

test('they are carried out: what holds, what does not, the picture and the problems', async () => {
  first().diagnostics = [
    {
      kind: 'runtime',
      severity: 'error',
      path: 'src/App.tsx',
      line: 4,
      column: 1,
      message: 'x is undefined',
    },
  ]
  const { compose, openFile } = show({ a: HOLDS, b: BROKEN })
  expect(await screen.findAllByText('Not carried out yet')).toHaveLength(2)
  await userEvent.click(screen.getByRole('button', { name: 'Run now' }))
  const result = within(await screen.findByRole('region', { name: 'The last run' }))
  expect(result.getByText(/1 of 2 checks hold/)).toHaveTextContent('1 problem found.')
  expect(result.getByRole('img', { name: /browser saw it/ })).toBeVisible()
  await userEvent.click(result.getByRole('button', { name: 'src/App.tsx:4' }))
  expect(openFile).toHaveBeenCalledWith('src/App.tsx', 4)
  expect(await screen.findByText(/Step 3, see "Monday": the page does not show it/)).toBeVisible()
  expect(await screen.findByText(/Does not hold/)).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Send to the agent' }))
  expect(compose).toHaveBeenCalledWith(expect.stringContaining('Shows the week (checks/b.check): Step 3'))
  expect(await violations()).toEqual([])
})

test('one opens to its steps, and is edited as the file that it is', async () => {
  const { openFile } = show({ a: HOLDS })
  const row = await screen.findByRole('button', { name: /^Starts a session/ })
  await userEvent.click(row)
  expect(row).toHaveAttribute('aria-expanded', 'true')
  expect(screen.getByText('see "minutes"')).toBeVisible()
  await choose('Starts a session', 'Edit')
  expect(openFile).toHaveBeenCalledWith('checks/a.check')
})

test('a new one is a file from a template, opened in the editor', async () => {
  const { openFile } = show({ a: HOLDS })
  await screen.findByText('Starts a session')
  await userEvent.click(screen.getByRole('button', { name: 'New check' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'New check' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Create and edit' }))
  expect(dialog.getByText(/Give it a name of letters or digits/)).toBeVisible()
  await userEvent.type(dialog.getByLabelText('What it shows to work'), 'Add a task{Enter}')
  await waitFor(() => expect(openFile).toHaveBeenCalledWith('checks/add-a-task.check'))
  expect(first().files.get('checks/add-a-task.check')).toBe(templateOf('Add a task'))
})

test('one is removed, and comes back', async () => {
  show({ a: HOLDS })
  await choose('Starts a session', 'Remove')
  await waitFor(() => expect(first().files.has('checks/a.check')).toBe(false))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(first().files.get('checks/a.check')).toBe(HOLDS))
})

test('one that does not hold may have been meant', async () => {
  show({ b: BROKEN })
  await userEvent.click(await screen.findByRole('button', { name: 'Run now' }))
  await screen.findByText(/Step 3/)
  await choose('Shows the week', 'This was meant')
  expect(await screen.findByText('“Shows the week” is no longer asked for')).toBeVisible()
  expect(first().files.has('checks/b.check')).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(first().files.get('checks/b.check')).toBe(BROKEN))
})

describe('it says', () => {
  test('why a file is no check', async () => {
    show({ c: 'open "/"\n' })
    expect(await screen.findByText(/begin with the check’s name/)).toBeVisible()
    expect(screen.getByText('Cannot be read')).toBeVisible()
  })

  test('that the server opens no browser', async () => {
    context.db.browser = 'No Chromium was found. Install it, or set browser.path.'
    show({ a: HOLDS })
    expect(await screen.findByText('No Chromium was found. Install it, or set browser.path.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Run now' })).toBeDisabled()
  })

  test('that an app with a server of its own keeps what they do', async () => {
    context.db.checksLeftOut = 'This app has a server of its own.'
    show({ a: HOLDS })
    expect(await screen.findByText('This app has a server of its own.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Run now' })).toBeEnabled()
  })

  test('that a run failed', async () => {
    context.server.use(
      http.post('/api/projects/:id/checks/run', () => problem(503, 'overloaded', 'All browsers are in use.')),
    )
    show({ a: HOLDS })
    await screen.findByText('Starts a session')
    await userEvent.click(screen.getByRole('button', { name: 'Run now' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('All browsers are in use.')
  })

  test('what checks are, where there are none', async () => {
    show()
    expect(await screen.findByRole('heading', { name: 'No checks yet' })).toBeVisible()
  })
})

test('who may only look carries nothing out', async () => {
  first().project.role = 'viewer'
  show({ a: HOLDS })
  expect(await screen.findByText('Starts a session')).toBeVisible()
  expect(screen.queryByRole('button', { name: /Run now|New check|More about|Write tests/ })).toBeNull()
})

test('tests are asked for, and their newest run is found in the chat', async () => {
  context.db.startTurn(first(), 'Run the server tests')
  context.db.speed = 1
  const { compose } = show()
  await userEvent.click(await screen.findByRole('button', { name: 'Write tests' }))
  expect(compose).toHaveBeenCalledWith(TESTS_PROMPT)
  const tests = within(screen.getByRole('region', { name: 'Tests' }))
  expect(await tests.findByText('npm test')).toBeVisible()
  expect(await tests.findByText(/Tests failed/)).toBeVisible()
  expect(tests.getByRole('region', { name: 'Output of npm test' })).toHaveTextContent('expected 201, got 500')
})

test.each([
  ['Add a task!', 'checks/add-a-task.check'],
  ['日本', null],
  [' a  B ', 'checks/a-b.check'],
])('%j is kept in %j', (name, path) => expect(pathForCheck(name)).toBe(path))
