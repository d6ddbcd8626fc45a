import { afterEach, expect, test, vi } from 'vitest'

import { networkWatch } from './reports'

afterEach(() => vi.restoreAllMocks())

test('an app is not blamed while the network is away, nor a moment later', () => {
  let now = 10_000
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true)
  const network = networkWatch(() => now)
  expect(network.isAway()).toBe(false)
  onLine.mockReturnValue(false)
  expect(network.isAway()).toBe(true)
  onLine.mockReturnValue(true)
  window.dispatchEvent(new Event('online'))
  now += 2_000
  expect(network.isAway()).toBe(true)
  now += 2_000
  expect(network.isAway()).toBe(false)
  network.stop()
  window.dispatchEvent(new Event('online'))
  expect(network.isAway()).toBe(false)
})
