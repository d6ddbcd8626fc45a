import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

import { type Sandbox, SandboxError } from '@/sandbox/sandbox'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { changesOf } from './files'
import { RunPage } from './RunPage'

const sandbox = vi.hoisted(() => ({
  mount: vi.fn<Sandbox['mount']>(() => Promise.resolve()),
  write: vi.fn<Sandbox['write']>(() => Promise.resolve()),
  remove: vi.fn<Sandbox['remove']>(() => Promise.resolve()),
  exec: vi.fn<Sandbox['exec']>(),
  serve: vi.fn<Sandbox['serve']>(),
  stop: vi.fn<Sandbox['stop']>(),
}))
const start = vi.hoisted(() => vi.fn<() => Promise<Sandbox>>())
vi.mock('@/sandbox/webcontainer', () => ({ startWebcontainer: start }))

const context = mockServer()
beforeEach(() => {
  context.db.webcontainer = true
  first().files.set('package.json', '{"scripts":{"dev":"vite"},"devDependencies":{"vite":"8"}}')
  vi.clearAllMocks()
  start.mockResolvedValue(sandbox)
  sandbox.exec.mockImplementation((_command, { onOutput }) => {
    onOutput('\x1b[32madded 66 packages\x1b[39m\n')
    return Promise.resolve(0)
  })
  sandbox.serve.mockResolvedValue({ url: 'https://x.webcontainer-api.io/' })
})

function first() {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const open = () => renderApp(<RunPage />, { path: `/run/${first().project.id}`, route: '/run/:projectId' })
const agree = () => userEvent.click(screen.getByRole('button', { name: 'Load it and run the app' }))

test('nothing is loaded where the instance has it off', async () => {
  context.db.webcontainer = false
  open()
  expect(await screen.findByText('WebContainer is off here')).toBeVisible()
  expect(start).not.toHaveBeenCalled()
})

test('nothing is loaded before the licence was read; then the app is installed and shown', async () => {
  open()
  expect(await screen.findByText(/needs a licence from them for commercial use/)).toBeVisible()
  expect(start).not.toHaveBeenCalled()
  await agree()
  const frame = await screen.findByTitle('Focus timer, running')
  expect(frame).toHaveAttribute('src', 'https://x.webcontainer-api.io/')
  expect(screen.getByText('added 66 packages')).toBeVisible()
  expect(sandbox.mount.mock.calls[0]?.[0].get('package.json')).toContain('vite')
  expect(sandbox.serve.mock.calls[0]?.[0]).toEqual(['npm', 'run', 'dev'])
})

test('what changes in the project is brought over; leaving ends it all', async () => {
  vi.useFakeTimers({
    shouldAdvanceTime: true,
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'],
  })
  try {
    localStorage.setItem('qv-webcontainer', 'yes')
    const { unmount } = open()
    await screen.findByTitle('Focus timer, running')
    first().files.set('src/new.ts', 'export {}')
    first().files.delete('src/styles.css')
    await vi.advanceTimersByTimeAsync(3_500)
    await waitFor(() => expect(sandbox.write).toHaveBeenCalledWith('src/new.ts', 'export {}'))
    expect(sandbox.remove).toHaveBeenCalledWith('src/styles.css')
    expect(start).toHaveBeenCalledOnce()
    unmount()
    expect(sandbox.stop).toHaveBeenCalledOnce()
  } finally {
    vi.useRealTimers()
  }
})

test('what does not work is said, and can be tried again', async () => {
  localStorage.setItem('qv-webcontainer', 'yes')
  start.mockRejectedValueOnce(new SandboxError('WebContainer did not start.'))
  open()
  expect(await screen.findByText('WebContainer did not start.')).toBeVisible()
  sandbox.exec.mockResolvedValueOnce(1)
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('The packages were not installed: npm ended with 1.')).toBeVisible()
  // The one that could not be used is not left behind: a page has one at a time.
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByTitle('Focus timer, running')).toBeVisible()
  expect(sandbox.stop).toHaveBeenCalledOnce()
})

test('an app that is none for Node is told so', async () => {
  localStorage.setItem('qv-webcontainer', 'yes')
  first().files.delete('package.json')
  open()
  expect(await screen.findByText(/There is no package\.json/)).toBeVisible()
  expect(start).not.toHaveBeenCalled()
})

test('changes between two lists of files', () => {
  const before = new Map([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ])
  const after = new Map([
    ['a', '1'],
    ['b', '9'],
    ['d', '4'],
  ])
  expect(changesOf(before, after)).toEqual({ write: ['b', 'd'], remove: ['c'] })
})
