import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'

import { type Reauthentication } from '@/api/generated/wire'
import { ProfileForm } from '@/features/settings/account/ProfileForm'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { ConfirmHost } from './ConfirmHost'

const context = mockServer()
const account = () => {
  const session = context.db.session
  if (!session) throw new Error('nobody is signed in')
  return session.account
}

let given: string[]
let saved: number

beforeEach(() => {
  given = []
  saved = 0
  context.server.use(
    http.patch('/api/account', () => {
      if (!given.includes('right')) return problem(403, 'reauthenticate', 'This needs your password again.')
      saved += 1
      return HttpResponse.json(account())
    }),
    http.post('/api/auth/reauthenticate', async ({ request }) => {
      const { password } = (await request.json()) as Reauthentication
      given.push(password)
      return password === 'right'
        ? new HttpResponse(null, { status: 204 })
        : problem(400, 'invalid', 'password: no', [
            { field: 'password', message: 'That is not your present password.' },
          ])
    }),
  )
})

async function changeAddress() {
  renderApp(
    <>
      <ProfileForm account={account()} />
      <ConfirmHost />
    </>,
  )
  await userEvent.type(screen.getByLabelText('E-mail'), 'new@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  return screen.findByRole('dialog', { name: 'Confirm that it is you' })
}

test('the password is asked for, and what was being done is done', async () => {
  await changeAddress()
  const field = screen.getByLabelText('Password')
  expect(field).toHaveFocus()
  await userEvent.type(field, 'wrong{Enter}')
  expect(await screen.findByText('That is not your present password.')).toBeVisible()
  expect(saved).toBe(0)
  await userEvent.clear(field)
  await userEvent.type(field, 'right{Enter}')
  await waitFor(() => expect(saved).toBe(1))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(given).toEqual(['wrong', 'right'])
})

test('whoever does not give it changes nothing, and is told', async () => {
  await changeAddress()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('This needs your password again.')
  expect(saved).toBe(0)
})
