import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'

import { type KeyTest, type ModelList, type PasswordChange } from '@/api/generated/wire'
import { violations } from '@/testing/axe'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { AccountPage } from './account/AccountPage'
import { AppearancePage } from './AppearancePage'
import { ModelsPage } from './models/ModelsPage'
import { SessionsPage } from './sessions/SessionsPage'

const context = mockServer()

describe('models', () => {
  test('every provider says how it stands and what to do', async () => {
    renderApp(<ModelsPage />)
    expect(await screen.findByText('Add a key to use its models.')).toBeVisible()
    expect(screen.getAllByText('connected')).toHaveLength(2)
    expect(screen.getAllByText('not connected')).toHaveLength(2)
  })

  test('a key is saved, shown by its last four characters, tested and deleted', async () => {
    renderApp(<ModelsPage />)
    await userEvent.click(await screen.findByRole('button', { name: 'Add key: OpenAI' }))
    const field = await screen.findByLabelText('Key')
    expect(field).toHaveFocus()
    expect(field).toHaveAttribute('type', 'password')
    await userEvent.type(field, 'short')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(/too short for a key/)).toBeVisible()
    await userEvent.type(field, '-and-more-9xyz')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('•••• 9xyz')).toBeVisible()
    expect(screen.queryByText(/short-and-more/)).toBeNull()

    await userEvent.click(screen.getByRole('button', { name: 'Test: OpenAI' }))
    expect(await screen.findByText(/The key works/)).toBeVisible()
    context.server.use(
      http.post('/api/keys/:provider/test', () =>
        HttpResponse.json({ ok: false, message: 'It was revoked.' } satisfies KeyTest),
      ),
    )
    await userEvent.click(screen.getByRole('button', { name: 'Test: OpenAI' }))
    expect(await screen.findByText(/The key does not work.*It was revoked/)).toBeVisible()

    await userEvent.click(screen.getByRole('button', { name: 'Delete the key of OpenAI' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Delete key' }))
    await waitFor(() => expect(screen.queryByText('•••• 9xyz')).toBeNull())
    expect(context.db.keys).toEqual([])
  })

  test('a server of one’s own is connected by its address', async () => {
    renderApp(<ModelsPage />)
    await userEvent.click(await screen.findByRole('button', { name: /^Connect/ }))
    await userEvent.type(await screen.findByLabelText('Address'), 'http://127.0.0.1:8000/v1')
    await userEvent.type(screen.getByLabelText('Key, if it needs one'), 'long-enough')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(context.db.keys[0]?.base_url).toBe('http://127.0.0.1:8000/v1'))
  })

  test('a key from the environment is shown and cannot be deleted', async () => {
    context.db.keys = [
      {
        id: null,
        provider: 'anthropic',
        label: 'From the environment',
        base_url: null,
        source: 'environment',
        last4: 'wxyz',
        created_at: null,
        last_used_at: null,
      },
    ]
    renderApp(<ModelsPage />)
    expect(await screen.findByText('•••• wxyz')).toBeVisible()
    expect(screen.getByText(/from ANTHROPIC_API_KEY/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Delete the key of Anthropic' })).toBeNull()
  })

  test('the default is chosen', async () => {
    renderApp(<ModelsPage />)
    await userEvent.click(await screen.findByRole('combobox', { name: 'Model' }))
    await userEvent.click(await screen.findByRole('option', { name: /Qwen3 Coder/ }))
    await waitFor(() => expect(context.db.defaultModel).toBe('ollama/qwen3-coder'))
    expect(await screen.findByText('On this machine, free')).toBeVisible()
  })

  test('says whose prices they are', async () => {
    renderApp(<ModelsPage />)
    expect(await screen.findByText('Prices as of 2026-11-23 (genai-prices 0.2.3).')).toBeVisible()
  })

  test('refresh looks again', async () => {
    const list = (await (await fetch('/api/models')).json()) as ModelList
    context.server.use(
      http.post('/api/models/refresh', () =>
        HttpResponse.json({
          ...list,
          providers: list.providers.map((p) => ({ ...p, note: 'Looked again.' })),
        }),
      ),
    )
    renderApp(<ModelsPage />)
    await screen.findByText('Found on this machine.')
    await userEvent.click(screen.getByRole('button', { name: 'Refresh' }))
    expect((await screen.findAllByText('Looked again.')).length).toBeGreaterThan(0)
  })
})

describe('who does what', () => {
  const panel = () => screen.findByRole('region', { name: 'Who does what' })

  test('each part says what it does and costs, and is given to a model, to the same one or to nobody', async () => {
    renderApp(<ModelsPage />)
    const reviewer = await screen.findByRole('combobox', { name: 'Reviewer' })
    expect(reviewer).toHaveTextContent('The same model')
    expect(reviewer).toHaveAccessibleDescription(/one call more, and a cheap model does it well/)
    expect(await violations(await panel())).toEqual([])
    await userEvent.click(reviewer)
    expect(screen.queryByRole('option', { name: /Starters/ })).toBeNull()
    await userEvent.click(await screen.findByRole('option', { name: /Qwen3 Coder/ }))
    await waitFor(() => expect(reviewer).toHaveTextContent('Qwen3 Coder'))
    expect(context.db.roles.reviewer).toEqual({ who: 'model', model: 'ollama/qwen3-coder' })
    await waitFor(() => expect(reviewer).toBeEnabled())
    await userEvent.click(screen.getByRole('combobox', { name: 'Planner' }))
    await userEvent.click(await screen.findByRole('option', { name: /Nobody/ }))
    await waitFor(() =>
      expect(context.db.roles).toEqual({
        planner: { who: 'nobody' },
        reviewer: { who: 'model', model: 'ollama/qwen3-coder' },
        tester: { who: 'nobody' },
      }),
    )
  })

  test('a choice that is not saved is as before, and says why', async () => {
    context.server.use(http.put('/api/roles', () => problem(503, 'unavailable', 'Try again in a minute.')))
    renderApp(<ModelsPage />)
    const tester = await screen.findByRole('combobox', { name: 'Tester' })
    await userEvent.click(tester)
    await userEvent.click(await screen.findByRole('option', { name: /The same model/ }))
    expect(await screen.findByText('The choice was not saved')).toBeVisible()
    expect(tester).toHaveTextContent('Nobody')
  })

  test('a model that is gone is said to be', async () => {
    context.db.roles.tester = { who: 'model', model: 'openai/gone' }
    renderApp(<ModelsPage />)
    expect(await screen.findByRole('combobox', { name: 'Tester' })).toHaveTextContent('openai/gone')
    expect(screen.getByText('The chosen model is not connected any more.')).toBeVisible()
  })

  test('is not asked without a model', async () => {
    const list = (await (await fetch('/api/models')).json()) as ModelList
    context.server.use(
      http.get('/api/models', () => HttpResponse.json({ ...list, items: [], default: null })),
    )
    renderApp(<ModelsPage />)
    await screen.findByText('The starters answer every prompt')
    expect(screen.queryByRole('region', { name: 'Who does what' })).toBeNull()
  })
})

describe('the account', () => {
  test('is saved only when something changed, and a wrong field is named', async () => {
    context.server.use(
      http.patch(
        '/api/account',
        () =>
          problem(400, 'invalid', 'Check it.', [{ field: 'email', message: 'Give an address with an @.' }]),
        { once: true },
      ),
    )
    renderApp(<AccountPage />)
    const save = await screen.findByRole('button', { name: 'Save' })
    expect(save).toBeDisabled()
    const email = screen.getByLabelText('E-mail')
    await userEvent.type(email, 'ada{Enter}')
    await waitFor(() => expect(email).toHaveAccessibleDescription('Give an address with an @.'))
    await userEvent.type(email, '@b.c{Enter}')
    await waitFor(() => expect(context.db.session?.account.email).toBe('ada@b.c'))
  })

  test('a password waits for an address and its rules, and is then sent', async () => {
    const sent: PasswordChange[] = []
    context.server.use(
      http.post('/api/auth/password', async ({ request }) => {
        sent.push((await request.json()) as PasswordChange)
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const { unmount } = renderApp(<AccountPage />)
    expect(await screen.findByText(/Save an e-mail address above first/)).toBeVisible()
    expect(screen.getByLabelText('New password')).toBeDisabled()
    unmount()

    if (context.db.session) context.db.session.account.email = 'ada@b.c'
    renderApp(<AccountPage />)
    const field = await screen.findByLabelText('New password')
    const set = screen.getByRole('button', { name: 'Set password' })
    const rules = screen.getByRole('list', { name: 'Rules for the password' })
    await userEvent.type(field, 'long ada long')
    expect(set).toBeDisabled()
    expect(within(rules).getByText('Without your name or e-mail address')).toHaveTextContent('not yet')
    await userEvent.clear(field)
    await userEvent.type(field, 'a quiet workshop')
    expect(set).toBeEnabled()
    await userEvent.click(set)
    await waitFor(() => expect(sent).toEqual([{ new: 'a quiet workshop' }]))
    await waitFor(() => expect(field).toHaveValue(''))
  })
})

test('sessions are listed, and others can be ended', async () => {
  const ended: unknown[] = []
  context.server.use(
    http.delete('/api/auth/sessions/:id', ({ params }) => {
      ended.push(params.id)
      return new HttpResponse(null, { status: 204 })
    }),
  )
  renderApp(<SessionsPage />)
  expect(await screen.findByText('this browser')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: /Sign out: Safari/ }))
  await waitFor(() => expect(ended).toEqual(['0192f000-0000-7000-8000-00000000ffff']))
})

test('the theme is chosen and kept', async () => {
  renderApp(<AppearancePage />)
  await userEvent.click(screen.getByRole('radio', { name: 'Dark' }))
  expect(document.documentElement.dataset.theme).toBe('dark')
  expect(localStorage.getItem('qv-theme')).toBe('dark')
  await userEvent.click(screen.getByRole('radio', { name: 'As the system' }))
  expect(localStorage.getItem('qv-theme')).toBeNull()
})
