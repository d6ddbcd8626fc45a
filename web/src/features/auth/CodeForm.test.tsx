import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'

import { type ErrorCode, type SecondFactorCode } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { LoginPage } from './LoginPage'

const context = mockServer()
let given: string[]

beforeEach(() => {
  given = []
  const session = context.db.session
  context.db.session = null
  context.server.use(
    http.post('/api/auth/login', () =>
      HttpResponse.json({ code_wanted_until: new Date().toISOString() }, { status: 202 }),
    ),
    http.post('/api/auth/login/code', async ({ request }) => {
      const { code } = (await request.json()) as SecondFactorCode
      given.push(code)
      if (code !== '123 456' && code !== 'abcd-efgh') {
        return problem(401, 'bad_credentials', 'That code is not right, or was used before.')
      }
      context.db.session = session
      return HttpResponse.json(session)
    }),
  )
})

async function halfWay() {
  renderApp(<LoginPage />, { path: '/login' })
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.org')
  await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}')
  return screen.findByRole('heading', { name: 'Your code' })
}

test('a wrong code is told and the field is empty for the next', async () => {
  await halfWay()
  const field = screen.getByLabelText('Code')
  expect(field).toHaveFocus()
  expect(field).toHaveAttribute('autocomplete', 'one-time-code')
  await userEvent.type(field, '{Enter}')
  expect(screen.getByText('Give the six digits.')).toBeVisible()
  expect(given).toEqual([])
  await userEvent.type(field, '000000{Enter}')
  expect(await screen.findByText(/That code is not right/)).toBeVisible()
  expect(field).toHaveValue('')
  await userEvent.type(field, '123 456{Enter}')
  await waitFor(() => expect(screen.queryByRole('heading', { name: 'Your code' })).toBeNull())
  expect(given).toEqual(['000000', '123 456'])
})

test('a code that was not looked at stays, and a sign-in that is over leads back', async () => {
  await halfWay()
  const refuse = (status: number, code: ErrorCode, detail: string) =>
    context.server.use(http.post('/api/auth/login/code', () => problem(status, code, detail)))
  refuse(503, 'unavailable', 'The server is starting.')
  const field = screen.getByLabelText('Code')
  await userEvent.type(field, '123 456{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('The server is starting.')
  expect(field).toHaveValue('123 456')
  refuse(401, 'sign_in_expired', 'This sign-in has waited too long for its code.')
  await userEvent.type(field, '{Enter}')
  expect(await screen.findByText('This sign-in has waited too long for its code.')).toBeVisible()
  expect(screen.queryByLabelText('Code')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Back to the password' }))
  expect(screen.getByLabelText('Password')).toBeVisible()
})

test('a recovery code works in its place, and the way back leads to the password', async () => {
  await halfWay()
  await userEvent.click(screen.getByRole('button', { name: 'Use a recovery code' }))
  const field = screen.getByLabelText('Recovery code')
  expect(screen.queryByText(/six digits/)).toBeNull()
  await userEvent.type(field, 'abcd-efgh')
  await userEvent.click(screen.getByRole('button', { name: 'Use the app' }))
  expect(screen.getByLabelText('Code')).toHaveValue('')
  await userEvent.click(screen.getByRole('button', { name: 'Back to the password' }))
  expect(screen.getByLabelText('Password')).toHaveValue('')
  expect(given).toEqual([])
})
