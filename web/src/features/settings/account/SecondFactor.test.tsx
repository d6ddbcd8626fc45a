import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'

import { type SecondFactorCode, type SecondFactorState } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { SecondFactor } from './SecondFactor'

const context = mockServer()
const CODES = ['aaaa-bbbb-cccc-dddd', 'eeee-ffff-gggg-hhhh']
let state: SecondFactorState

beforeEach(() => {
  state = { since: null, recovery_codes: 0 }
  context.server.use(
    http.get('/api/auth/second-factor', () => HttpResponse.json(state)),
    http.post('/api/auth/second-factor', () =>
      HttpResponse.json({
        secret: 'GEZDGNBVGY3TQOJQ',
        uri: 'otpauth://totp/QuickVibe:ada?secret=GEZDGNBVGY3TQOJQ&issuer=QuickVibe',
      }),
    ),
    http.post('/api/auth/second-factor/confirm', async ({ request }) => {
      const { code } = (await request.json()) as SecondFactorCode
      if (code !== '123456') {
        return problem(400, 'invalid', 'code: no', [
          { field: 'code', message: 'That is not the code of now.' },
        ])
      }
      state = { since: '2026-01-31T10:00:00Z', recovery_codes: 10 }
      return HttpResponse.json({ codes: CODES })
    }),
    http.delete('/api/auth/second-factor', () => {
      state = { since: null, recovery_codes: 0 }
      return new HttpResponse(null, { status: 204 })
    }),
  )
})

function show(hasPassword = true) {
  const session = context.db.session
  if (!session) throw new Error('nobody is signed in')
  renderApp(<SecondFactor account={{ ...session.account, has_password: hasPassword }} />)
}

test('it is set up by a picture or a text, and one code', async () => {
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Set up an authenticator app' }))
  expect(await screen.findByRole('img', { name: 'The secret for your authenticator app' })).toBeVisible()
  expect(screen.getByText('GEZD GNBV GY3T QOJQ')).toBeVisible()
  const field = screen.getByLabelText('Code that the app shows')
  expect(field).toHaveFocus()
  await userEvent.type(field, '000000{Enter}')
  expect(await screen.findByText('That is not the code of now.')).toBeVisible()
  await userEvent.clear(field)
  await userEvent.type(field, '123456{Enter}')
  const dialog = await screen.findByRole('dialog', { name: 'Your recovery codes' })
  const shown = within(dialog)
    .getAllByRole('listitem')
    .map((item) => item.textContent)
  expect(shown).toEqual(CODES)
  await userEvent.keyboard('{Escape}')
  expect(screen.getByText(CODES[0] ?? '')).toBeVisible()
  expect(within(dialog).queryByRole('button', { name: 'Close' })).toBeNull()
  await userEvent.click(within(dialog).getByRole('button', { name: 'I have kept them' }))
  expect(screen.queryByText(CODES[0] ?? '')).toBeNull()
  expect(screen.queryByText('GEZD GNBV GY3T QOJQ')).toBeNull()
  const left = await screen.findByText(/10 recovery codes left/)
  expect(left).toBeVisible()
  await waitFor(() => expect(left.closest('[tabindex="-1"]')).toHaveFocus())
})

test('it is turned off after a question', async () => {
  state = { since: '2026-01-31T10:00:00Z', recovery_codes: 2 }
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Turn off' }))
  const dialog = await screen.findByRole('dialog', { name: 'Turn the second factor off?' })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Turn off' }))
  expect(await screen.findByRole('button', { name: 'Set up an authenticator app' })).toBeVisible()
})

test('whoever has no password is told to set one', async () => {
  show(false)
  expect(await screen.findByText(/Set a password first/)).toBeVisible()
  expect(screen.queryByRole('button')).toBeNull()
})
