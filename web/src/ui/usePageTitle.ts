import { useEffect } from 'react'

/** The browser tab's title: `Kanban board - QuickVibe`. */
export function usePageTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title === undefined ? 'QuickVibe' : `${title} - QuickVibe`
  }, [title])
}
