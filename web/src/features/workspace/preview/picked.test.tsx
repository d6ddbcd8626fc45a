import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { toast } from 'sonner'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createQueryClient } from '@/api/queryClient'
import { type StartTurn } from '@/api/generated/wire'
import { closeAllStreams } from '@/stream/useGeneration'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'
import { wideScreen } from '@/testing/wide'

import { WorkspacePage } from '../WorkspacePage'
import { placeOf } from './pickedPlace'

const context = mockServer()

beforeEach(wideScreen)
afterEach(() => {
  closeAllStreams()
  toast.dismiss()
  vi.unstubAllGlobals()
})

const first = () => {
  const [state] = context.db.projects.values()
  if (!state) throw new Error('the mock has no project')
  return state
}
const BUTTON = { path: 'main > button', text: 'Pause', html: '<button>', components: [], source: null }
const find = (change: object) => placeOf(createQueryClient(), first().project.id, { ...BUTTON, ...change })

/** As the preview says it: only after a person has asked for it. */
async function point(data: object) {
  const frame = await screen.findByTitle<HTMLIFrameElement>('Focus timer, running')
  const source = frame.contentWindow
  const say = (message: object) =>
    window.dispatchEvent(new MessageEvent('message', { data: { qv: 1, ...message }, source, origin: 'null' }))
  say({ type: 'boot' })
  await userEvent.click(await screen.findByLabelText('Point at something to change'))
  say({ type: 'picked', ...data })
}

test('what is pointed at goes with the message, until it is taken off', async () => {
  const sent: StartTurn[] = []
  context.server.events.on('request:start', ({ request }) => {
    if (request.url.endsWith('/turns'))
      void request
        .clone()
        .json()
        .then((body) => sent.push(body as StartTurn))
  })
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
  const picked = {
    ...BUTTON,
    components: ['Timer', 'App'],
    source: { file: 'src/components/Timer.tsx', line: 31, component: 'Timer' },
  }
  await point(picked)
  expect(await screen.findByText('src/components/Timer.tsx:31')).toBeVisible()
  await userEvent.click(screen.getByLabelText('Take Timer off the message'))
  expect(screen.queryByText('src/components/Timer.tsx:31')).toBeNull()

  await point(picked)
  await screen.findByText('src/components/Timer.tsx:31')
  const field = screen.getByLabelText('Message to the agent')
  expect(field).toHaveFocus()
  expect(field).toHaveValue('')
  await userEvent.type(field, 'Red{Enter}')
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.context?.picked).toEqual({
    path: 'src/components/Timer.tsx',
    line: 31,
    component: 'Timer',
    text: 'Pause',
  })
  await waitFor(() => expect(screen.queryByText('src/components/Timer.tsx:31')).toBeNull())
})

test('without a place the component’s file is found by its name, and the line of its definition', async () => {
  expect(await find({ components: ['Button', 'Timer', 'App'] })).toEqual({
    path: 'src/components/Timer.tsx',
    line: 5,
    component: 'Timer',
    text: 'Pause',
  })
})

test('a place that is no file of the project is not believed', async () => {
  const source = { file: '../../etc/passwd', line: 1, component: '' }
  expect(await find({ source, components: ['App'] })).toMatchObject({ path: 'src/App.tsx' })
})

test('a page without components is found by its words; otherwise nothing is claimed', async () => {
  expect(await find({ text: 'Focus timer' })).toMatchObject({ path: 'index.html', line: 5 })
  expect(await find({ text: 'Not in it' })).toBeNull()
})
