import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

import { type Finding } from '@/api/generated/wire'
import { violations } from '@/testing/axe'
import { renderInWorkspace } from '@/testing/renderInWorkspace'
import { mockServer } from '@/testing/server'

import { CriticalBadge } from './CriticalBadge'
import FindingsPanel from './FindingsPanel'
import { findingsPrompt, groupsOf } from './words'

const context = mockServer()

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const finding = (change: Partial<Finding>): Finding => ({
  rule: 'inner-html',
  topic: 'security',
  level: 'warning',
  path: 'src/App.tsx',
  line: 12,
  message: 'innerHTML is set from a variable.',
  remedy: 'Use textContent.',
  ...change,
})
const SECRET = finding({
  rule: 'api-key',
  topic: 'secret',
  level: 'critical',
  path: 'src/config.ts',
  line: 3,
  message: 'A key is in the code.',
  remedy: 'Move it to the server.',
})
const NOTE = finding({ topic: 'accessibility', level: 'note', path: null, line: 0, message: 'No title.' })

test('the worst come first, by topic, each with its place and remedy', async () => {
  first().findings = [NOTE, finding({}), SECRET]
  const { compose, openFile } = renderInWorkspace(<FindingsPanel />, first())
  expect(await screen.findByText('One critical finding stands in its way.')).toBeVisible()
  expect(screen.getAllByRole('heading', { level: 4 }).map((h) => h.textContent)).toEqual([
    'Secrets 1',
    'Security 1',
    'Accessibility 1',
  ])
  const secrets = within(screen.getByRole('region', { name: 'Secrets' }))
  expect(secrets.getByText('Critical')).toBeVisible()
  expect(secrets.getByText('Move it to the server.')).toBeVisible()
  await userEvent.click(secrets.getByRole('button', { name: 'src/config.ts:3' }))
  expect(openFile).toHaveBeenCalledWith('src/config.ts', 3)
  await userEvent.click(secrets.getByRole('button', { name: 'Send to the agent' }))
  expect(compose).toHaveBeenLastCalledWith(findingsPrompt([SECRET]))
  await userEvent.click(screen.getByRole('button', { name: 'Send all to the agent' }))
  expect(compose).toHaveBeenLastCalledWith(
    expect.stringMatching(/A key is in the code[^]*innerHTML[^]*No title/),
  )
  expect(await violations()).toEqual([])
})

test('publishing may go on where nothing is critical', async () => {
  first().findings = [finding({})]
  renderInWorkspace(<FindingsPanel />, first())
  expect(await screen.findByText('Nothing here stands in the way of publishing.')).toBeVisible()
})

test('nothing found is said; a failure offers to look again', async () => {
  context.server.use(
    http.get('/api/projects/:id/findings', () => HttpResponse.text('boom', { status: 400 }), { once: true }),
  )
  renderInWorkspace(<FindingsPanel />, first())
  expect(await screen.findByText('The findings did not load')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { name: 'Nothing found' })).toBeVisible()
})

test('critical ones are counted where people see it, and lead to the list', async () => {
  first().findings = [SECRET, { ...SECRET, line: 9 }, finding({})]
  const { showPanel } = renderInWorkspace(<CriticalBadge />, first())
  await userEvent.click(await screen.findByRole('button', { name: '2 critical findings' }))
  expect(showPanel).toHaveBeenCalledWith('findings')
})

test('a topic stands where its worst finding does', () => {
  const groups = groupsOf([finding({}), NOTE, finding({ topic: 'accessibility', level: 'critical' })])
  expect(groups.map(({ topic, items }) => [topic, items.length])).toEqual([
    ['accessibility', 2],
    ['security', 1],
  ])
})
