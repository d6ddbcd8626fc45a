import { vi } from 'vitest'

/** A screen with room for everything. */
export const wideScreen = () =>
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: true,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
