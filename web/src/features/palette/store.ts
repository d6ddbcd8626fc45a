import { create } from 'zustand'

type Open = 'palette' | 'shortcuts' | null

interface PaletteState {
  open: Open
  show: (open: Open) => void
}

/** Which of the two dialogs that open from anywhere is up. */
export const usePalette = create<PaletteState>((set) => ({
  open: null,
  show: (open) => set({ open }),
}))
