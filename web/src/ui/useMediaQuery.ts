import { useCallback, useSyncExternalStore } from 'react'

/** Whether a media query holds now. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

/** Room for two panes beside each other. */
export const useIsWide = (): boolean => useMediaQuery('(min-width: 1024px)')

/** Room for chat, files, editor and app beside each other. */
export const useHasRoomForAll = (): boolean => useMediaQuery('(min-width: 1200px)')
