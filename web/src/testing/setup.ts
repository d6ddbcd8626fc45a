import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'

// Machines that run everything at once are slow; a test that waits in vain still fails.
configure({ asyncUtilTimeout: 8_000 })

const nothing = () => undefined

/** Adds what jsdom lacks and Radix, cmdk or we need. */
function define(target: object, properties: Record<string, unknown>) {
  for (const [name, value] of Object.entries(properties)) {
    if (Reflect.get(target, name) === undefined)
      Object.defineProperty(target, name, { value, configurable: true, writable: true })
  }
}

define(window, {
  matchMedia: (media: string) => ({
    matches: false,
    media,
    addEventListener: nothing,
    removeEventListener: nothing,
  }),
})
define(globalThis, {
  ResizeObserver: class {
    observe = nothing
    unobserve = nothing
    disconnect = nothing
  },
})
define(Element.prototype, {
  scrollIntoView: nothing,
  hasPointerCapture: () => false,
  setPointerCapture: nothing,
  releasePointerCapture: nothing,
})

beforeEach(() => localStorage.clear())
afterEach(cleanup)
