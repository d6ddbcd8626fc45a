import { lazy, Suspense, useEffect } from 'react'

import { useShortcut } from '@/ui/useShortcut'

import { usePalette } from './store'

const CommandPalette = lazy(async () => ({ default: (await import('./CommandPalette')).CommandPalette }))
const ShortcutsDialog = lazy(async () => ({ default: (await import('./ShortcutsDialog')).ShortcutsDialog }))

/** Opens the command palette and the list of shortcuts from anywhere; their code is loaded when first asked for. */
export function PaletteHost() {
  const { open, show } = usePalette()
  useShortcut('mod+k', () => show(open === 'palette' ? null : 'palette'))

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
        return
      if (isWriting(event.target)) return
      event.preventDefault()
      show('shortcuts')
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [show])

  return (
    <Suspense fallback={null}>
      {open === 'palette' && (
        <CommandPalette onClose={() => show(null)} onShortcuts={() => show('shortcuts')} />
      )}
      {open === 'shortcuts' && <ShortcutsDialog onClose={() => show(null)} />}
    </Suspense>
  )
}

/** Where a question mark is a question mark. */
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
