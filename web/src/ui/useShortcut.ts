import { useEffect, useEffectEvent } from 'react'

import { isMac } from './platform'

/** Whether the pressed keys are this shortcut, such as `mod+shift+e` or `escape`. */
export function matchesShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const parts = shortcut.toLowerCase().split('+')
  const key = parts.at(-1) ?? ''
  const mod = isMac ? event.metaKey : event.ctrlKey
  return (
    // With Option a Mac types another sign: the key itself counts.
    (event.key.toLowerCase() === key || (event.altKey && event.code === `Digit${key}`)) &&
    mod === parts.includes('mod') &&
    event.altKey === parts.includes('alt') &&
    // A sign such as `?` needs shift on some keyboards and not on others.
    (event.shiftKey === parts.includes('shift') || /^[^a-z0-9]$/.test(key))
  )
}

/** Calls `run` for a shortcut anywhere on the page, unless something nearer has taken the keys. */
export function useShortcut(shortcut: string, run: () => void, enabled = true) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || !matchesShortcut(event, shortcut)) return
    event.preventDefault()
    run()
  })
  useEffect(() => {
    if (!enabled) return
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [enabled])
}
