import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { WorkspacePage } from '@/features/workspace/WorkspacePage'
import { closeAllStreams } from '@/stream/useGeneration'
import { violations } from '@/testing/axe'
import { renderApp } from '@/testing/render'
import { mockServer } from '@/testing/server'
import { wideScreen } from '@/testing/wide'

import { PaletteHost } from './PaletteHost'
import { usePalette } from './store'

const context = mockServer()

beforeEach(wideScreen)
afterEach(() => {
  closeAllStreams()
  usePalette.setState({ open: null })
  vi.unstubAllGlobals()
})

/** A project's page with what opens from anywhere. */
const open = async () => {
  const [id] = context.db.projects.keys()
  renderApp(
    <>
      <WorkspacePage />
      <PaletteHost />
    </>,
    { path: `/projects/${id}`, route: '/projects/:projectId' },
  )
  await screen.findByLabelText('Message to the agent')
}

describe('the keys of a project', () => {
  test.each([
    ['4', 'Checks'],
    ['5', 'Findings'],
  ])('alt+%s shows %s', async (key, part) => {
    await open()
    await userEvent.keyboard(`{Alt>}${key}{/Alt}`)
    expect(await screen.findByRole('region', { name: part })).toBeVisible()
  })

  test('on a Mac, Option types another sign: the key counts', async () => {
    await open()
    await userEvent.keyboard('{Alt>}')
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '∞', code: 'Digit5', altKey: true }))
    expect(await screen.findByRole('region', { name: 'Findings' })).toBeVisible()
  })

  test('the list of shortcuts names them', async () => {
    await open()
    await userEvent.keyboard('?')
    const list = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const [does, keys] of [
      ['Checks', /Alt.*4|⌥.*4/],
      ['Findings', /Alt.*5|⌥.*5/],
    ] as const) {
      const row = [...list.querySelectorAll('dt')].find((each) => each.textContent === does)
      expect(row?.nextElementSibling).toHaveTextContent(keys)
    }
  })
})

describe('the palette', () => {
  test.each([
    ['vitest', 'Checks and tests', 'Checks'],
    ['secrets', 'Findings', 'Findings'],
  ])('finds by “%s” what a project can show, and goes there', async (word, entry, part) => {
    await open()
    await userEvent.keyboard('{Control>}k{/Control}')
    await userEvent.type(await screen.findByPlaceholderText('Find a project, a page or a command'), word)
    await userEvent.click(await screen.findByRole('option', { name: new RegExp(`^${entry}`) }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(await screen.findByRole('region', { name: part })).toBeVisible()
  })

  test('offers nothing of a project where none is open', async () => {
    renderApp(<PaletteHost />)
    await userEvent.keyboard('{Control>}k{/Control}')
    expect(await screen.findByRole('option', { name: /^All projects/ })).toBeVisible()
    expect(screen.queryByText('In this project')).toBeNull()
    expect(await violations()).toEqual([])
  })
})
