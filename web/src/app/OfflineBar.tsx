import { onlineManager } from '@tanstack/react-query'
import { WifiOff } from 'lucide-react'
import { useSyncExternalStore } from 'react'

const subscribe = (changed: () => void) => onlineManager.subscribe(changed)

/** Tells that the server does not answer, what is safe, and that nothing needs doing. */
export function OfflineBar() {
  const online = useSyncExternalStore(subscribe, () => onlineManager.isOnline())
  return (
    <div role="status" className="contents">
      {!online && (
        <div className="sticky top-0 z-40 flex shrink-0 items-center justify-center gap-2 border-b bg-warn-soft px-4 py-1.5 text-sm text-warn">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          The server cannot be reached. Nothing is lost: this page tries again by itself and catches up.
        </div>
      )}
    </div>
  )
}
