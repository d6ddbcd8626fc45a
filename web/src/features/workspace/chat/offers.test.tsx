import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { toast } from 'sonner'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { type StartTurn } from '@/api/generated/wire'
import { closeAllStreams } from '@/stream/useGeneration'
import { violations } from '@/testing/axe'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { WorkspacePage } from '../WorkspacePage'
import { composed } from './answers'

const context = mockServer()
let sent: StartTurn[] = []

beforeEach(() => {
  // A wide screen.
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: true,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
  sent = []
  context.server.events.removeAllListeners()
  context.server.events.on('request:start', ({ request }) => {
    if (!request.url.endsWith('/turns')) return
    void request
      .clone()
      .json()
      .then((body) => sent.push(body as StartTurn))
  })
})
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
const composer = () => screen.findByLabelText('Message to the agent')
const begin = async (words: string, mode?: 'Plan') => {
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
  const field = await composer()
  if (mode) {
    await userEvent.click(screen.getByRole('combobox', { name: 'What the turn is for' }))
    await userEvent.click(await screen.findByRole('option', { name: new RegExp(mode) }))
  }
  await userEvent.type(field, `${words}{Enter}`)
}
const said = () => sent.slice(1)

describe('questions', () => {
  const card = () => screen.findByRole('form', { name: 'A few questions before it goes on' })

  test('are answered by a choice or in own words, by keyboard alone, and sent as the next message', async () => {
    await begin('Make something nice')
    const form = await card()
    expect(await violations(form)).toEqual([])
    expect(screen.getByRole('article')).toHaveTextContent('Asks you')
    const send = within(form).getByRole('button', { name: 'Send the answers' })
    expect(send).toBeDisabled()
    within(form).getByRole('radio', { name: 'Only me' }).focus()
    await userEvent.keyboard(' {ArrowRight}')
    expect(within(form).getByRole('radio', { name: 'My team' })).toBeChecked()
    expect(form).toHaveTextContent('1 to answer')
    await userEvent.type(
      within(form).getByLabelText('Another answer: Should it keep what was entered?'),
      'On the server{Enter}',
    )
    await waitFor(() => expect(said()).toHaveLength(1))
    expect(said()[0]).toMatchObject({
      message: '- Who is it for? My team\n- Should it keep what was entered? On the server',
      mode: 'build',
    })
    await waitFor(() => expect(screen.queryByRole('form', { name: /questions/ })).toBeNull())
    expect(await composer()).toHaveFocus()
  })

  test('need no answer', async () => {
    await begin('Make something nice')
    await userEvent.click(within(await card()).getByRole('button', { name: 'Just build it' }))
    await waitFor(() => expect(said()).toHaveLength(1))
    expect(said()[0]?.message).toBe('Just build it. Decide for yourself what you asked.')
  })

  test('are a choice or own words, not both', async () => {
    await begin('Make something nice')
    const form = await card()
    const field = within(form).getByLabelText('Another answer: Who is it for?')
    await userEvent.type(field, 'My cat')
    await userEvent.click(within(form).getByRole('radio', { name: 'Everybody' }))
    expect(field).toHaveValue('')
    await userEvent.type(field, 'My cat')
    expect(within(form).getByRole('radio', { name: 'Everybody' })).not.toBeChecked()
  })

  test('some answered: the agent decides the rest', () => {
    const ask = (text: string) => ({ text, choices: [] })
    expect(composed([ask('A?'), ask('B?')], ['', ' yes '])).toBe(
      '- B? yes\n\nDecide the rest for yourself, and build it.',
    )
  })
})

describe('a plan', () => {
  const open = async () => {
    await begin('A chart of my week', 'Plan')
    return screen.findByRole('region', { name: 'The plan' })
  }
  const steps = (plan: HTMLElement) =>
    within(plan)
      .getAllByRole<HTMLInputElement>('textbox')
      .map((field) => field.value)

  test('is edited, added to, cut and moved, and then built', async () => {
    const plan = await open()
    expect(await violations(plan)).toEqual([])
    expect(screen.getByRole('article')).toHaveTextContent('Planned')
    await userEvent.type(within(plan).getByLabelText('Step 1'), ' of a week')
    await userEvent.click(within(plan).getByRole('button', { name: 'Remove step 2' }))
    await userEvent.click(within(plan).getByRole('button', { name: 'Move step 2 up' }))
    await userEvent.click(within(plan).getByRole('button', { name: 'Add a step' }))
    expect(within(plan).getByLabelText('Step 3')).toHaveFocus()
    await userEvent.keyboard('Print it')
    expect(steps(plan)).toEqual(['Show the best day', 'Keep a list of sessions of a week', 'Print it'])
    await userEvent.click(within(plan).getByRole('button', { name: 'Build this plan' }))
    await waitFor(() => expect(said()).toHaveLength(1))
    expect(said()[0]).toMatchObject({
      message: 'Build this plan.',
      mode: 'build',
      plan: ['Show the best day', 'Keep a list of sessions of a week', 'Print it'],
    })
  })

  test('is changed by keys alone, and says what happened', async () => {
    const plan = await open()
    within(plan).getByLabelText('Step 1').focus()
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}')
    expect(within(plan).getByRole('status')).toHaveTextContent('Moved to place 2 of 3.')
    expect(within(plan).getByLabelText('Step 2')).toHaveFocus()
    await userEvent.keyboard('{Enter}Sleep')
    expect(steps(plan)).toEqual([
      'Draw a bar for each day',
      'Keep a list of sessions',
      'Sleep',
      'Show the best day',
    ])
    await userEvent.keyboard('{Backspace>5}{/Backspace}{Backspace}')
    expect(steps(plan)).toHaveLength(3)
    expect(within(plan).getByLabelText('Step 2')).toHaveFocus()
    // At the end nothing moves further.
    await userEvent.keyboard('{Alt>}{ArrowDown}{ArrowDown}{/Alt}')
    expect(steps(plan).at(-1)).toBe('Keep a list of sessions')
  })

  test('without a step is not built', async () => {
    const plan = await open()
    for (const field of within(plan).getAllByRole('textbox')) await userEvent.clear(field)
    expect(within(plan).getByRole('button', { name: 'Build this plan' })).toBeDisabled()
  })
})

describe('what was taken back', () => {
  test('says why, and is tried again', async () => {
    await begin('Please break it')
    const notice = await screen.findByRole('region', { name: 'Taken back' })
    expect(await violations(notice)).toEqual([])
    expect(notice).toHaveTextContent('The timer starts failed')
    expect(notice).toHaveTextContent('1 file is as before.')
    expect(screen.getByRole('article')).toHaveTextContent('Taken back')
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull()
    await userEvent.click(within(notice).getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(context.db.runs.size).toBe(2))
  })

  test('is tried with another model: the same message once more', async () => {
    await begin('Please break it')
    await userEvent.click(await screen.findByRole('button', { name: 'Try with another model' }))
    const dialog = await screen.findByRole('dialog', { name: 'Try another model' })
    expect(within(dialog).getByRole('combobox', { name: 'Model' })).toHaveTextContent('Qwen3 Coder')
    expect(within(dialog).queryByRole('checkbox')).toBeNull()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it again' }))
    await waitFor(() => expect(said()).toHaveLength(1))
    expect(said()[0]).toEqual({
      message: 'Please break it',
      mode: 'build',
      model: 'ollama/qwen3-coder',
      images: [],
    })
  })
})

describe('a version that does not hold', () => {
  const offer = () => screen.findByRole('region', { name: 'Version 2: keep it or not' })

  test('is kept, and not asked about again', async () => {
    await begin('I am unsure')
    expect(await violations(await offer())).toEqual([])
    expect(screen.queryByRole('button', { name: 'Undo this turn' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Keep it' }))
    expect(screen.queryByRole('region', { name: /keep it or not/ })).toBeNull()
    expect(screen.getByRole('button', { name: 'Undo this turn' })).toBeVisible()
  })

  test('is rolled back, with a way back to it', async () => {
    await begin('I am unsure')
    await offer()
    await userEvent.click(screen.getByRole('button', { name: 'Roll back' }))
    expect(await screen.findByText('Undone: version 3 has the files of version 1')).toBeVisible()
    await waitFor(() => expect(screen.queryByRole('region', { name: /keep it or not/ })).toBeNull())
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(first().project.head_version).toBe(4))
  })

  test('is tried with another model, from before it', async () => {
    await begin('I am unsure')
    await offer()
    await userEvent.click(screen.getByRole('button', { name: 'Try another model' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).getByRole('checkbox', { name: /Go back to version 1 first/ })).toBeChecked()
    expect(await violations(dialog)).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send it again' }))
    await waitFor(() =>
      expect(said()[0]).toMatchObject({ message: 'I am unsure', model: 'ollama/qwen3-coder' }),
    )
    expect(first().versions.find(({ number }) => number === 3)?.title).toBe('Restore version 1')
  })

  test('one that holds is asked about by nobody', async () => {
    await begin('A timer')
    await waitFor(() => expect(screen.getByRole('article')).toHaveTextContent(/Version 2.*verified/))
    expect(screen.queryByRole('region', { name: /keep it or not/ })).toBeNull()
  })
})

test('an answer leads to the line that it names', async () => {
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
  const field = await composer()
  await userEvent.click(screen.getByRole('combobox', { name: 'What the turn is for' }))
  await userEvent.click(await screen.findByRole('option', { name: /Ask/ }))
  expect(screen.getByText('Answers only: no file is changed.')).toBeVisible()
  await userEvent.type(field, 'How?{Enter}')
  expect(await screen.findByRole('button', { name: 'src/components/Timer.tsx' })).toHaveAttribute(
    'title',
    'Open src/components/Timer.tsx',
  )
})

test('a picture that the model cannot see is said to be, and not sent', async () => {
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 9, height: 9, close: () => undefined }))
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({ drawImage: () => undefined })
      convertToBlob = () => Promise.resolve(new Blob(['x'], { type: 'image/png' }))
    },
  )
  renderApp(<WorkspacePage />, { path: `/projects/${first().project.id}`, route: '/projects/:projectId' })
  const field = await composer()
  await userEvent.type(field, 'Like this')
  await userEvent.paste({
    files: [new File(['x'], 'a.png', { type: 'image/png' })],
    getData: () => '',
  } as unknown as DataTransfer)
  expect(await screen.findByRole('img', { name: 'a.png' })).toBeVisible()
  await userEvent.click(screen.getByRole('combobox', { name: 'Model' }))
  await userEvent.click(await screen.findByRole('option', { name: /Qwen3 Coder/ }))
  expect(await screen.findByText(/Qwen3 Coder cannot see pictures/)).toBeVisible()
  expect(field).toHaveAccessibleDescription(/cannot see pictures/)
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  await userEvent.type(field, '{Enter}')
  expect(sent).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Remove a.png' }))
  expect(screen.getByRole('button', { name: 'Send' })).toBeEnabled()
})
