import { onlineManager } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { lostContact, watchReachability } from './reachability'

let stop: () => void
let reach: boolean
const probe = vi.fn(() => (reach ? Promise.resolve(new Response()) : Promise.reject(new Error('down'))))

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', probe)
  probe.mockClear()
  stop = watchReachability()
})
afterEach(() => {
  stop()
  onlineManager.setOnline(true)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('one call without an answer is checked before it counts', async () => {
  reach = true
  lostContact()
  await vi.advanceTimersByTimeAsync(0)
  expect(probe).toHaveBeenCalledOnce()
  expect(onlineManager.isOnline()).toBe(true)
})

test('a server that does not answer is asked again, ever less often, until it does', async () => {
  reach = false
  lostContact()
  await vi.advanceTimersByTimeAsync(0)
  expect(onlineManager.isOnline()).toBe(false)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(probe.mock.calls.length).toBeLessThan(12)
  reach = true
  await vi.advanceTimersByTimeAsync(8_000)
  expect(onlineManager.isOnline()).toBe(true)
})

test("the browser's word that it is offline is not believed while the server answers", async () => {
  reach = true
  window.dispatchEvent(new Event('offline'))
  await vi.advanceTimersByTimeAsync(0)
  expect(onlineManager.isOnline()).toBe(true)
})
