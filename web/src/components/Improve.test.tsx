import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { useState } from 'react'
import { expect, test, vi } from 'vitest'

import { useQuery } from '@tanstack/react-query'

import { type EnhancePrompt, type ModelList } from '@/api/generated/wire'
import { modelsQuery } from '@/api/models'
import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { ImproveButton, ImproveNote } from './Improve'
import { STARTERS } from './models'
import { useImprove } from './useImprove'

const context = mockServer()

function Box({ model = null }: { model?: string | null }) {
  const [text, setText] = useState('')
  const models = useQuery(modelsQuery())
  const improve = useImprove({ text, setText, model, models: models.data })
  return (
    <div>
      <textarea aria-label="Wish" value={text} onChange={(event) => setText(event.target.value)} />
      <ImproveButton improve={improve} />
      <ImproveNote improve={improve} />
    </div>
  )
}
const wish = () => screen.getByLabelText<HTMLTextAreaElement>('Wish')
const button = (name = 'Improve your words') => screen.findByRole('button', { name })

test('puts better words in the place of one’s own, says what it cost, and goes back', async () => {
  const { container } = renderApp(<Box />)
  await userEvent.type(wish(), 'A timer')
  await userEvent.click(await button())
  await waitFor(() => expect(wish().value).toMatch(/^A timer\n\n- It works by keyboard/))
  expect(screen.getByText('Improved for <$0.01.')).toBeVisible()
  expect(await violations(container)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(wish()).toHaveValue('A timer')
  expect(screen.queryByText(/Improved/)).toBeNull()
})

test('asks the model that was chosen', async () => {
  const asked = vi.fn()
  context.server.use(
    http.post('/api/prompts/enhance', async ({ request }) => {
      asked((await request.json()) as EnhancePrompt)
      return HttpResponse.json({ prompt: 'Better', cost_nanousd: 0 })
    }),
  )
  renderApp(<Box model="ollama/qwen3-coder" />)
  await userEvent.type(wish(), ' A timer ')
  await userEvent.click(await button())
  expect(await screen.findByText('Improved, free.')).toBeVisible()
  expect(asked).toHaveBeenCalledExactlyOnceWith({ prompt: 'A timer', model: 'ollama/qwen3-coder' })
})

test('what was written meanwhile comes back, too', async () => {
  let answer: () => void = () => undefined
  context.server.use(
    http.post('/api/prompts/enhance', async () => {
      await new Promise<void>((resolve) => (answer = resolve))
      return HttpResponse.json({ prompt: 'Better', cost_nanousd: null })
    }),
  )
  renderApp(<Box />)
  await userEvent.type(wish(), 'A timer')
  await userEvent.click(await button())
  await button('Improving your words')
  await userEvent.type(wish(), ' in the dark')
  answer()
  expect(await screen.findByText('Improved. The price is not known.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(wish()).toHaveValue('A timer in the dark')
})

test('words that are changed again are one’s own', async () => {
  renderApp(<Box />)
  await userEvent.type(wish(), 'A timer')
  await userEvent.click(await button())
  await screen.findByText(/Improved/)
  await userEvent.type(wish(), '!')
  expect(screen.queryByText(/Improved/)).toBeNull()
})

test('fails without a loss', async () => {
  context.server.use(
    http.post('/api/prompts/enhance', () => problem(402, 'budget_exceeded', 'Your budget is used up.')),
  )
  renderApp(<Box />)
  await userEvent.type(wish(), 'A timer')
  await userEvent.click(await button())
  expect(await screen.findByText('Your budget is used up.')).toBeVisible()
  expect(wish()).toHaveValue('A timer')
})

test.each<[string, string | null, string, boolean]>([
  ['', null, 'Improve: write something first', true],
  ['A timer', STARTERS, 'Improve: choose a model first, the starters cannot', true],
  ['A timer', null, 'Improve: connect a model first', false],
])('with “%s” and %s it says “%s”', async (text, model, name, connected) => {
  const asked = vi.fn()
  const list = (await (await fetch('/api/models')).json()) as ModelList
  context.server.use(
    http.post('/api/prompts/enhance', asked),
    http.get('/api/models', () =>
      HttpResponse.json(connected ? list : { ...list, items: [], default: null }),
    ),
  )
  renderApp(<Box model={model} />)
  if (text !== '') await userEvent.type(wish(), text)
  const disabled = await button(name)
  expect(disabled).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(disabled)
  expect(asked).not.toHaveBeenCalled()
})
