import { createContext, useContext, type ReactNode } from 'react'
import { createPortal } from 'react-dom'

/** The place in the drawer's head for what can be done with the tab that is shown. */
export const DrawerSlot = createContext<HTMLElement | null>(null)

/** A panel's acts, in the drawer's head. */
export function DrawerActs({ children }: { children: ReactNode }) {
  const slot = useContext(DrawerSlot)
  return slot && createPortal(children, slot)
}
