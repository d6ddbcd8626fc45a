import { useRef } from 'react'

/** Gives the focus back to where it was before a dialog opened; dialogs here have no trigger of their own. */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return {
    /** While the dialog opens, before anything in it has the focus. */
    remember: () => {
      before.current = document.activeElement
    },
    /** As the dialog's `onCloseAutoFocus`. */
    giveBack: (event: Event) => {
      event.preventDefault()
      if (before.current instanceof HTMLElement) before.current.focus()
    },
  }
}
