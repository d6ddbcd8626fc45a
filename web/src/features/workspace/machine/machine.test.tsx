import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { machineOf, onServer } from '@/testing/sandboxHandlers'
import { mockServer } from '@/testing/server'

import { WorkspacePage } from '../WorkspacePage'

/** What was written to the screen, and a hand on its keyboard: jsdom draws no terminal. */
interface Hand {
  shown: string
  type: (text: string) => void
  leave: () => void
}
const terminal = vi.hoisted((): Hand => {
  const nothing = () => undefined
  return { shown: '', type: nothing, leave: nothing }
})
vi.mock('../output/terminal/screen', () => ({
  createScreen: (_host: HTMLElement, options: { onInput: (text: string) => void; onLeave: () => void }) => {
    Object.assign(terminal, { shown: '', type: options.onInput, leave: options.onLeave })
    return Promise.resolve({
      write: (bytes: Uint8Array, done: () => void) => {
        terminal.shown += new TextDecoder().decode(bytes)
        done()
      },
      note: () => undefined,
      reset: () => (terminal.shown = ''),
      fit: () => ({ columns: 80, rows: 24 }),
      focus: () => undefined,
      colour: () => undefined,
      readAloud: () => undefined,
      dispose: () => undefined,
    })
  },
}))

const context = mockServer()
beforeEach(() => {
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: true,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
  sessionStorage.clear()
})
afterEach(() => vi.unstubAllGlobals())

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const open = () =>
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
const panel = async (chip: string) => {
  await userEvent.click(await screen.findByRole('button', { name: chip }))
  return within(await screen.findByRole('dialog', { name: 'Where the app runs' }))
}
const drawer = async (tab?: string) => {
  await userEvent.click(await screen.findByRole('button', { name: /Console:/ }))
  const region = within(await screen.findByRole('region', { name: 'Output' }))
  if (tab !== undefined) await userEvent.click(await region.findByRole('tab', { name: tab }))
  return region
}

describe('where the app runs', () => {
  test('is said, with the reason and why not elsewhere', async () => {
    open()
    const where = await panel('Runs in your browser')
    expect(where.getByText('The app has no server of its own, so it runs in your browser.')).toBeVisible()
    expect(where.getByRole('radio', { name: /Let QuickVibe choose/ })).toBeChecked()
    expect(where.getByRole('radio', { name: /This server.*Nothing in it needs a server/ })).not.toBeChecked()
    expect(where.queryByRole('radio', { name: /WebContainer/ })).toBeNull()
    expect(where.queryByRole('button', { name: 'Restart' })).toBeNull()
  })

  test('is chosen; a refusal is shown in the server’s words', async () => {
    open()
    const where = await panel('Runs in your browser')
    await userEvent.click(where.getByRole('radio', { name: /Daytona/ }))
    expect(
      await where.findByText('Your plan does not include Daytona. Ask whoever runs this server.'),
    ).toBeVisible()
    expect(where.getByRole('radio', { name: /Let QuickVibe choose/ })).toBeChecked()
    await userEvent.click(where.getByRole('radio', { name: /This server/ }))
    expect(await where.findByText('You chose this server.')).toBeVisible()
    expect(first().sandbox.chosen).toBe('local')
    expect(await where.findByRole('meter', { name: 'Memory' })).toHaveAttribute(
      'aria-valuetext',
      '182 MB of 1.5 GB',
    )
  })

  test('WebContainer is offered where the instance has it, with its licence', async () => {
    context.db.webcontainer = true
    open()
    const where = await panel('Runs in your browser')
    await userEvent.click(await where.findByRole('radio', { name: /WebContainer/ }))
    expect(await where.findByText(/needs a licence from them for commercial use/)).toBeVisible()
    expect(await screen.findByRole('link', { name: 'Open it' })).toHaveAttribute(
      'href',
      `/run/${first().project.id}`,
    )
  })

  test('nowhere is said, too', async () => {
    first().sandbox = {
      ...onServer(),
      engine: null,
      machine: null,
      reason: 'No engine here can run a Node server.',
    }
    open()
    const where = await panel('Cannot run here')
    expect(where.getByText('No engine here can run a Node server.')).toBeVisible()
  })

  test('viewers read it', async () => {
    first().project.role = 'viewer'
    first().sandbox = onServer()
    open()
    const where = await panel('Runs on this server')
    expect(await where.findByText('A browser cannot run a Node server.')).toBeVisible()
    expect(where.getByText('Express serves the app.')).toBeVisible()
    expect(where.queryByRole('radio')).toBeNull()
    expect(where.queryByRole('button')).toBeNull()
  })

  test('what does not load can be asked for again', async () => {
    context.server.use(
      http.get('/api/projects/:id/sandbox', () => problem(400, 'invalid', 'Not now.'), { once: true }),
    )
    open()
    const where = await panel('Runs in your browser')
    await userEvent.click(await where.findByRole('button', { name: 'Try again' }))
    expect(await where.findByRole('radio', { name: /Your browser/ })).toBeVisible()
  })
})

describe('the machine', () => {
  test('is stopped and restarted', async () => {
    first().sandbox = onServer()
    open()
    const where = await panel('Runs on this server')
    expect(where.getByRole('region', { name: 'The app’s machine' })).toHaveTextContent(
      'Ran 1 h 13 min this month on this server, $0.00. Used just now.',
    )
    await userEvent.click(where.getByRole('button', { name: 'Stop' }))
    expect(await where.findByText('Stopped')).toBeVisible()
    expect(where.getByText('It starts again by itself when somebody opens the app.')).toBeVisible()
    const before = screen.getByTitle<HTMLIFrameElement>('Focus timer, running').src
    await userEvent.click(where.getByRole('button', { name: 'Restart' }))
    expect(await where.findByText('Running')).toBeVisible()
    // The frame is made anew, with a ticket that nobody has used.
    await waitFor(() =>
      expect(screen.getByTitle<HTMLIFrameElement>('Focus timer, running').src).not.toBe(before),
    )
  })

  test('says what is done to it, and why it failed', async () => {
    first().sandbox = onServer({ state: 'starting', step: 'Installing packages', server: null })
    open()
    const where = await panel('Runs on this server')
    expect(where.getByText('Installing packages')).toBeVisible()
    first().sandbox = onServer({ state: 'failed', step: 'npm ended with 1.' })
    expect(await where.findByText('npm ended with 1.')).toBeVisible()
  })

  test('is deleted by an owner who has read what is lost', async () => {
    first().sandbox = onServer()
    open()
    const where = await panel('Runs on this server')
    await userEvent.click(where.getByRole('button', { name: 'Delete machine' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete the machine?' }))
    expect(
      dialog.getByText(/such as its database and uploads, is lost for good.*files and versions are safe/),
    ).toBeVisible()
    await userEvent.click(dialog.getByRole('button', { name: 'Delete machine' }))
    expect(await screen.findByText('The machine is deleted')).toBeVisible()
    expect(first().sandbox.machine).toBeNull()
  })

  test('an editor does not delete it', async () => {
    first().project.role = 'editor'
    first().sandbox = onServer()
    open()
    const where = await panel('Runs on this server')
    expect(where.getByRole('button', { name: 'Restart' })).toBeVisible()
    expect(where.queryByRole('button', { name: 'Delete machine' })).toBeNull()
  })
})

describe('the app’s address', () => {
  test('a newer ticket does not load the app anew; a reload takes one', async () => {
    first().sandbox = onServer({ server: 'Vite' })
    open()
    const frame = () => screen.getByTitle<HTMLIFrameElement>('Focus timer, running')
    const { src } = await screen.findByTitle<HTMLIFrameElement>('Focus timer, running')
    expect(src).toContain('ticket=')
    await userEvent.click(screen.getByRole('button', { name: 'Reload the preview' }))
    await waitFor(() => expect(frame().src).not.toBe(src))
    expect(screen.queryByText('Loading the app')).toBeNull()
  })

  test('a tab has a ticket of its own', async () => {
    first().sandbox = onServer()
    const replace = vi.fn()
    vi.stubGlobal('open', () => ({ location: { replace }, close: () => undefined }))
    open()
    const { src } = await screen.findByTitle<HTMLIFrameElement>('Focus timer, running')
    await userEvent.click(screen.getByRole('button', { name: 'Open in a new tab' }))
    await waitFor(() => expect(replace).toHaveBeenCalledOnce())
    expect(replace.mock.calls[0]?.[0]).toContain('ticket=')
    expect(replace.mock.calls[0]?.[0]).not.toBe(src)
  })

  test('a browser that opens no tab is told of', async () => {
    first().sandbox = onServer()
    vi.stubGlobal('open', () => null)
    open()
    await screen.findByTitle('Focus timer, running')
    await userEvent.click(screen.getByRole('button', { name: 'Open in a new tab' }))
    expect(await screen.findByText('No tab was opened')).toBeVisible()
  })
})

describe('the output', () => {
  test('has no log and no terminal for an app without a machine', async () => {
    open()
    const output = await drawer()
    expect(output.getAllByRole('tab').map((tab) => tab.textContent)).toEqual([
      'Console',
      'Checks',
      'Findings',
    ])
    expect(output.getByRole('tab', { name: 'Console' })).toHaveAttribute('aria-selected', 'true')
  })

  test('the server’s log is read, cleared, and its error handed to the agent', async () => {
    first().sandbox = onServer()
    open()
    const output = await drawer('Server log')
    const log = within(await output.findByRole('log', { name: 'Server log' }))
    expect(await log.findByText('added 66 packages')).toHaveClass('text-(--code-string)')
    await userEvent.click(await output.findByRole('button', { name: 'Fix this' }))
    const composer = await screen.findByLabelText<HTMLTextAreaElement>('Message to the agent')
    expect(composer.value).toContain(
      "TypeError: Cannot read properties of undefined (reading 'text')\n    at /home/app/server.js:21:30",
    )
    await userEvent.click(output.getByRole('button', { name: 'Clear the view' }))
    expect(log.queryByText('added 66 packages')).toBeNull()
    expect(output.queryByRole('button', { name: 'Fix this' })).toBeNull()
  })

  test('a log that may not be read says so', async () => {
    first().sandbox = onServer()
    context.server.use(
      http.get('/api/projects/:id/sandbox/log', () => problem(403, 'forbidden', 'Only members see the log.')),
    )
    open()
    const output = await drawer('Server log')
    expect((await output.findAllByText(/Only members see the log/))[0]).toBeInTheDocument()
    expect(output.queryByText(/Trying again/)).toBeNull()
  })

  test('a lost log is found again', async () => {
    first().sandbox = onServer()
    context.server.use(http.get('/api/projects/:id/sandbox/log', () => HttpResponse.error(), { once: true }))
    open()
    const output = await drawer('Server log')
    expect((await output.findAllByText(/Connection lost/))[0]).toBeInTheDocument()
    expect(await output.findByText('added 66 packages')).toBeVisible()
    await waitFor(() => expect(output.queryByText(/Connection lost/)).toBeNull())
  })

  test('the terminal takes what is typed, ends, and begins anew', async () => {
    first().sandbox = onServer()
    open()
    const output = await drawer('Terminal')
    await waitFor(() => expect(terminal.shown).toContain('$ '))
    terminal.type('ls\r')
    await waitFor(() => expect(terminal.shown).toContain('server.js'))
    terminal.leave()
    expect(output.getByRole('tab', { name: 'Terminal' })).toHaveFocus()
    await userEvent.click(output.getByRole('button', { name: 'End this shell' }))
    expect(await output.findByText('You ended the shell.')).toBeVisible()
    await userEvent.click(output.getByRole('button', { name: 'New shell' }))
    await waitFor(() => expect(terminal.shown).toMatch(/\$ $/))
    expect(terminal.shown).not.toContain('server.js')
  })

  test('viewers have no terminal', async () => {
    first().project.role = 'viewer'
    first().sandbox = { ...onServer(), machine: machineOf() }
    open()
    const output = await drawer('Server log')
    expect(output.queryByRole('tab', { name: 'Terminal' })).toBeNull()
    expect(output.queryByRole('button', { name: 'Fix this' })).toBeNull()
  })
})
