import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'

import { type UsageReport } from '@/api/generated/wire'
import { problem } from '@/testing/problem'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'
import { callsOf, NOTHING, reportOf } from '@/testing/usageHandlers'

import { UsagePage } from './UsagePage'

const context = mockServer()
const answer = (report: UsageReport) =>
  context.server.use(http.get('/api/usage', () => HttpResponse.json(report)))
const figure = (name: string) => screen.getByText(name, { selector: 'dt, dd' }).parentElement

async function choose(select: string, option: string) {
  await userEvent.click(screen.getByRole('combobox', { name: select }))
  await userEvent.click(await screen.findByRole('option', { name: option }))
}

describe('usage', () => {
  test('four numbers, with money beside what it is compared to', async () => {
    renderApp(<UsagePage />)
    expect(await screen.findByText('Spent')).toBeVisible()
    expect(figure('Spent')).toHaveTextContent('$2.28$0.38 of it repairs, not charged')
    expect(figure('Tokens')).toHaveTextContent('372k258k sent, 114k answered')
    expect(figure('From cache')).toHaveTextContent('21 %54k of 258k tokens sent')
    const saved = figure('Saved')
    expect(saved).toHaveTextContent('~$10.32vs sending every file: ~$12.60 and 2.5M tokens')
    expect(screen.getByText(/Prices as of 2026-11-23/)).toBeVisible()
  })

  test('the table says what the chart shows, and adds up by anything', async () => {
    renderApp(<UsagePage />)
    const table = await screen.findByRole('table', { name: 'Usage by day' })
    expect(within(table).getAllByRole('row')).toHaveLength(1 + 24)
    expect(screen.getByRole('list', { name: 'Money by model' })).toHaveTextContent('claude-sonnet')
    await userEvent.click(screen.getByRole('tab', { name: 'Tokens' }))
    expect(screen.getByRole('list', { name: 'Tokens by kind' })).toHaveTextContent(
      'Sent204kSent, from the cache54k',
    )
    await userEvent.click(screen.getByRole('tab', { name: 'Project' }))
    expect(screen.getByRole('rowheader', { name: 'Focus timer' })).toBeVisible()
    await userEvent.click(screen.getByRole('tab', { name: 'Step' }))
    expect(screen.getByRole('rowheader', { name: 'Repairs, not charged' })).toBeVisible()
    expect(screen.queryByRole('tab', { name: 'User' })).toBeNull()
  })

  test('a time and a project are chosen, and the export has the same', async () => {
    const asked: string[] = []
    context.server.events.on('request:start', ({ request }) => {
      if (request.url.includes('/api/usage')) asked.push(new URL(request.url).search)
    })
    renderApp(<UsagePage />)
    await screen.findByText('Spent')
    await choose('Period', 'Last 7 days')
    await choose('Only of one project', 'Focus timer')
    const csv = () => screen.getByRole('link', { name: 'CSV' }).getAttribute('href')
    expect(csv()).toBe('/api/usage.csv?days=7&project=0192f000-0000-7000-8000-000000000001')
    await waitFor(() => expect(asked).toContain('?days=7&project=0192f000-0000-7000-8000-000000000001'))
    // The choice is still all of them.
    await userEvent.click(screen.getByRole('combobox', { name: 'Only of one project' }))
    expect(await screen.findAllByRole('option')).toHaveLength(3)
    await userEvent.keyboard('{Escape}')
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await choose('Period', 'This month')
    expect(csv()).toMatch(/^\/api\/usage\.csv\?from=\d{4}-\d{2}-01$/)
  })

  test('administrators see all users; others have no such choice', async () => {
    const { unmount } = renderApp(<UsagePage />)
    await screen.findByText('Spent')
    await choose('Whose usage', 'All users')
    await userEvent.click(await screen.findByRole('tab', { name: 'User' }))
    expect(await screen.findByRole('rowheader', { name: 'Eve' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'CSV' })).toHaveAttribute('href', '/api/admin/usage.csv?days=30')
    unmount()
    if (context.db.session) context.db.session.account.is_admin = false
    renderApp(<UsagePage />)
    await screen.findByText('Spent')
    expect(screen.queryByRole('combobox', { name: 'Whose usage' })).toBeNull()
  })

  test('a small project that saves nothing is told so', async () => {
    const report = reportOf(7)
    const { total } = report
    const naive = { ...total.naive, cost_nanousd: total.cost_nanousd * 1.02 }
    answer({ ...report, total: { ...total, naive } })
    renderApp(<UsagePage />)
    expect(await screen.findByText('About the same')).toBeVisible()
    expect(figure('About the same')).toHaveTextContent('sending every file would cost about the same')
  })

  test('one for which sending all is cheaper is told so, too', async () => {
    const report = reportOf(7)
    const { total } = report
    const naive = { ...total.naive, cost_nanousd: total.cost_nanousd / 2 }
    answer({ ...report, total: { ...total, naive } })
    renderApp(<UsagePage />)
    await screen.findByText('Spent')
    expect(figure('Saved')).toHaveTextContent(/Nothing.*would have been ~\$\d+\.\d\d less/)
  })

  test('steps of unknown price stay unknown', async () => {
    const steps = callsOf(3)
    const total = {
      ...steps,
      cost_nanousd: 0,
      unpriced_steps: 3,
      naive: { ...steps.naive, priced_steps: 0, spent_nanousd: 0, cost_nanousd: 0 },
    }
    const report = reportOf(7, () => 0)
    answer({ ...report, total, kinds: [], models: [{ id: 'custom/x', name: 'custom/x', totals: total }] })
    renderApp(<UsagePage />)
    await screen.findByText('Spent')
    expect(figure('Spent')).toHaveTextContent('Not knownwithout 3 steps of unknown price')
    expect(figure('Saved')).toHaveTextContent('~104.4k tokens')
    expect(screen.getByText(/3 steps of unknown price are not in the sums/)).toBeVisible()
    await userEvent.click(screen.getByRole('tab', { name: 'Model' }))
    expect(screen.getByRole('row', { name: /custom\/x/ })).toHaveTextContent('not known')
  })

  test('says so when nothing was used', async () => {
    answer({ ...reportOf(30, () => 0), total: NOTHING })
    renderApp(<UsagePage />)
    expect(await screen.findByText('No model was called in this time')).toBeVisible()
  })

  test('a report that fails says so and is asked for again', async () => {
    context.server.use(
      http.get('/api/usage', () => problem(400, 'invalid', 'It cannot be read.'), { once: true }),
    )
    renderApp(<UsagePage />)
    expect(await screen.findByText('The usage did not load')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Spent')).toBeVisible()
  })
})
