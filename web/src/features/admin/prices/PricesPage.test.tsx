import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { PricesPage } from './PricesPage'

const context = mockServer()

test('an administrator sets a price, changes it and takes it back', async () => {
  renderApp(<PricesPage />)
  const panel = await screen.findByRole('region', { name: 'Prices' })
  expect(panel).toHaveTextContent('As of 2026-11-23 (genai-prices 0.2.3)')
  expect(await within(panel).findByText('Every model has the list’s price.')).toBeVisible()
  await userEvent.click(within(panel).getByRole('button', { name: 'Set a price' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText('Model'), 'claude-sonnet')
  await userEvent.type(dialog.getByLabelText('Sent'), '2.5')
  await userEvent.type(dialog.getByLabelText('Answered'), 'a lot')
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  expect(dialog.getByLabelText('Answered')).toHaveAccessibleDescription(/such as 3 or 0.25/)
  await userEvent.clear(dialog.getByLabelText('Answered'))
  await userEvent.type(dialog.getByLabelText('Answered'), '10')
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(dialog.getByLabelText('Model')).toHaveAccessibleDescription(/provider\/name/))
  await userEvent.type(dialog.getByLabelText('Model'), '{Home}anthropic/')
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  expect(await within(panel).findByText(/\$2\.50 in, \$10\.00 out, \$2\.50 from the cache/)).toBeVisible()

  await userEvent.click(within(panel).getByRole('button', { name: /^Change the price of anthropic/ }))
  const change = within(await screen.findByRole('dialog'))
  await userEvent.type(change.getByLabelText('Answered'), '0')
  await userEvent.click(change.getByRole('button', { name: 'Save' }))
  expect(await within(panel).findByText(/\$100\.00 out/)).toBeVisible()
  expect(context.db.prices).toHaveLength(1)

  await userEvent.click(
    within(panel).getByRole('button', { name: /^Remove: use the list’s price for anthropic/ }),
  )
  expect(await within(panel).findByText('Every model has the list’s price.')).toBeVisible()
})
