import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { initialStatus, type StreamStatus } from '@/stream/status'

import { StreamLine } from './StreamLine'

const show = (change: Partial<StreamStatus>) =>
  render(<StreamLine id="g" stream={{ ...initialStatus, ...change }} />).container

test('nothing is said while all is well', () => {
  for (const phase of ['connecting', 'open', 'closed'] as const) {
    expect(show({ phase })).toHaveTextContent(/^$/)
  }
})

test('a lost connection tells its next try, which can be made at once', () => {
  const line = show({
    phase: 'waiting',
    failures: 1,
    problem: 'Connection lost.',
    retryAt: Date.now() + 2_900,
  })
  expect(line).toHaveTextContent('Connection lost. Trying again in 3 s')
  expect(screen.getByRole('button', { name: 'Try now' })).toBeEnabled()
  // Read aloud once, without the seconds.
  expect(screen.getByRole('status')).toHaveTextContent(
    /^Connection lost. The agent goes on. This page tries again by itself.$/,
  )
})

test('while it tries there is nothing to press', () => {
  expect(show({ phase: 'connecting', failures: 2 })).toHaveTextContent('Connection lost. Trying again')
  expect(screen.queryByRole('button')).toBeNull()
})

test('what was missed is on its way', () => {
  expect(show({ phase: 'open', catchingUp: true })).toHaveTextContent('Catching up')
})

test('a stream that cannot be read offers to reload, and nothing turns for ever', () => {
  const line = show({ phase: 'broken', parseErrors: 4, problem: 'It cannot be read.' })
  expect(screen.getByRole('alert')).toHaveTextContent('It cannot be read.')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeEnabled()
  expect(line.querySelector('.animate-spin')).toBeNull()
})

test('messages that could not be read are counted', () => {
  expect(show({ phase: 'open', parseErrors: 1 })).toHaveTextContent(
    '1 message from the server could not be read.',
  )
})
