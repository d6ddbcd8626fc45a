import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'

import { BudgetPanel } from './BudgetPanel'

const context = mockServer()

test('budgets are shown, and one’s own limit is set and removed', async () => {
  renderApp(<BudgetPanel />)
  expect(await screen.findByRole('meter', { name: 'Your month' })).toHaveAttribute('aria-valuenow', '2.6')
  expect(screen.getByText(/\$0\.40 is set aside/)).toBeVisible()
  const field = screen.getByLabelText('Your own limit a month, in US dollars')
  await userEvent.clear(field)
  await userEvent.type(field, 'much')
  expect(screen.getByText(/Write US dollars/)).toBeVisible()
  await userEvent.clear(field)
  await userEvent.type(field, '12.5{Enter}')
  await waitFor(() => expect(context.db.budgets.own_limit_nanousd).toBe(12_500_000_000))
  expect(await screen.findByText('of $12.50')).toBeVisible()
  await userEvent.clear(field)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('spent, no limit')).toBeVisible()
})
