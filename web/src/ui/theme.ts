import { create } from 'zustand'

import { readStored, writeStored } from '@/ui/storage'

export type ThemeChoice = 'system' | 'light' | 'dark'
export type Theme = 'light' | 'dark'

// The same key as in public/theme.js, which sets the theme before the first paint.
const KEY = 'qv-theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')

const resolve = (choice: ThemeChoice): Theme =>
  choice === 'system' ? (system.matches ? 'dark' : 'light') : choice

function stored(): ThemeChoice {
  const kept = readStored(KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

interface ThemeState {
  choice: ThemeChoice
  theme: Theme
  choose: (choice: ThemeChoice) => void
}

export const useTheme = create<ThemeState>((set, get) => {
  const show = (choice: ThemeChoice) => {
    const theme = resolve(choice)
    document.documentElement.dataset.theme = theme
    set({ choice, theme })
  }
  system.addEventListener('change', () => show(get().choice))
  const choice = stored()
  return {
    choice,
    theme: resolve(choice),
    choose: (next) => {
      writeStored(KEY, next === 'system' ? null : next)
      show(next)
    },
  }
})
