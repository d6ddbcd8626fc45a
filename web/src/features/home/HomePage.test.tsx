import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, test, vi } from 'vitest'

import { type CreateProject, type ModelList, type Starter } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { chooseExamples } from './Examples'
import { HomePage } from './HomePage'

const context = mockServer()

/** What the page asks the server to make. */
function watchCreate() {
  const bodies: CreateProject[] = []
  context.server.events.removeAllListeners()
  context.server.events.on('request:start', ({ request }) => {
    if (request.method !== 'POST' || !request.url.endsWith('/api/projects')) return
    void request
      .clone()
      .json()
      .then((body: CreateProject) => bodies.push(body))
  })
  return bodies
}
const prompt = () => screen.findByLabelText('Describe the app')
const withoutModels = async () => {
  const list = (await (await fetch('/api/models')).json()) as ModelList
  context.server.use(http.get('/api/models', () => HttpResponse.json({ ...list, items: [], default: null })))
}

describe('the prompt', () => {
  test('breaks lines on Shift+Enter, sends on Enter with the chosen type, and opens the project', async () => {
    const bodies = watchCreate()
    renderApp(<HomePage />)
    await userEvent.click(await screen.findByRole('radio', { name: 'Game' }))
    await userEvent.type(await prompt(), 'Go{Shift>}{Enter}{/Shift}on{Enter}')
    await waitFor(() => expect(bodies).toHaveLength(1))
    expect(bodies[0]).toEqual({ prompt: 'Go\non', project_type: 'game' })
    await waitFor(async () => expect(await prompt()).toHaveValue(''))
  })

  test('says what it would cost before it is sent, and why it would be refused', async () => {
    renderApp(<HomePage />)
    await userEvent.type(await prompt(), 'Snake')
    const cost = await screen.findByText('~$0.04')
    await userEvent.hover(cost)
    expect(await screen.findByRole('tooltip')).toHaveTextContent('2 of 48 files')
    context.db.estimate.over_budget = 'Your budget for November has $0.01 left.'
    await userEvent.type(await prompt(), ' again')
    expect(await screen.findByText('over budget')).toBeVisible()
    expect(screen.getByText('Your budget for November has $0.01 left.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Build' })).toBeEnabled()
  })

  test('sends nothing while it is empty', async () => {
    const bodies = watchCreate()
    renderApp(<HomePage />)
    await userEvent.type(await prompt(), '   {Enter}')
    expect(screen.getByRole('button', { name: 'Build' })).toBeDisabled()
    expect(bodies).toEqual([])
  })

  test('keeps the words when the server refuses, and says why', async () => {
    context.server.use(
      http.post('/api/projects', () => problem(429, 'rate_limited', 'Wait a minute before the next one.')),
    )
    renderApp(<HomePage />)
    await userEvent.type(await prompt(), 'Snake{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('Wait a minute before the next one.')
    expect(await prompt()).toHaveValue('Snake')
  })

  test('is still there after the page was left', async () => {
    const { unmount } = renderApp(<HomePage />)
    await userEvent.type(await prompt(), 'Half')
    unmount()
    renderApp(<HomePage />)
    expect(await prompt()).toHaveValue('Half')
  })

  test('takes a picture only when the model sees, and says so otherwise', async () => {
    await withoutModels()
    renderApp(<HomePage />)
    expect(await screen.findByText(/Starters answer now/)).toBeVisible()
    await userEvent.click(await prompt())
    await userEvent.paste({
      files: [new File(['x'], 'a.png', { type: 'image/png' })],
      getData: () => '',
    } as unknown as DataTransfer)
    expect(await screen.findByText(/cannot see pictures/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Attach a picture' })).toBeNull()
  })
})

test('without a model the starters answer, and connecting one is offered, not asked for', async () => {
  await withoutModels()
  renderApp(<HomePage />)
  expect(await screen.findByRole('combobox', { name: 'Model' })).toHaveTextContent('Starters (no model)')
  expect(screen.getByRole('link', { name: 'Connect a model' })).toHaveAttribute('href', '/settings/models')
  await userEvent.type(await prompt(), 'Snake')
  expect(screen.getByRole('button', { name: 'Build' })).toBeEnabled()
})

test('an example fills the prompt, and replaced words can be had back', async () => {
  renderApp(<HomePage />)
  await userEvent.type(await prompt(), 'Mine')
  await userEvent.click(await screen.findByRole('button', { name: 'a breakout with a calm look' }))
  expect(await prompt()).toHaveValue('a breakout with a calm look')
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  expect(await prompt()).toHaveValue('Mine')
})

describe('a starter', () => {
  test('makes a project from its title, without a model, when nothing is written', async () => {
    const bodies = watchCreate()
    renderApp(<HomePage />)
    await userEvent.click(await screen.findByRole('button', { name: 'Recipe book' }))
    await waitFor(() => expect(bodies).toHaveLength(1))
    expect(bodies[0]).toEqual({
      prompt: 'Recipe book',
      starter: 'recipes',
      project_type: 'mobile_app',
      model: 'starters',
    })
  })

  test('takes the written words along', async () => {
    const bodies = watchCreate()
    renderApp(<HomePage />)
    await userEvent.type(await prompt(), 'Cocktails')
    await userEvent.click(await screen.findByRole('button', { name: 'Recipe book' }))
    await waitFor(() => expect(bodies).toHaveLength(1))
    expect(bodies[0]).toMatchObject({ prompt: 'Cocktails', starter: 'recipes' })
    expect(bodies[0]).not.toHaveProperty('model')
  })
})

test('the last projects are one click away', async () => {
  renderApp(<HomePage />)
  const recent = await screen.findByRole('region', { name: 'Recent projects' })
  const [first] = context.db.projects.values()
  expect(within(recent).getByRole('link', { name: /Focus timer/ })).toHaveAttribute(
    'href',
    `/projects/${first?.project.id ?? ''}`,
  )
})

test('starters that do not load leave the prompt usable', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  context.server.use(http.get('/api/starters', () => problem(400, 'invalid', 'No.')))
  renderApp(<HomePage />)
  expect(await screen.findByText('The starters did not load')).toBeVisible()
  await userEvent.type(await prompt(), 'Snake')
  expect(screen.getByRole('button', { name: 'Build' })).toBeEnabled()
})

test('examples show every type once before they repeat one', () => {
  const starter = (id: string, project_type: Starter['project_type']): Starter => ({
    id,
    title: id,
    project_type,
    summary: '',
    examples: [`${id} 1`, `${id} 2`],
    thumbnail: '',
  })
  const all = [starter('a', 'game'), starter('b', 'game'), starter('c', 'web_app')]
  expect(chooseExamples(all, null)).toEqual(['a 2', 'c 2', 'b 2', 'a 1'])
  expect(chooseExamples(all, 'web_app')).toEqual(['c 2', 'c 1'])
})
