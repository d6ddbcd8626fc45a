import { useEffect, useRef, useState, type Ref } from 'react'

import { type PreviewAddress } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { Spinner } from '@/ui/Spinner'

const SANDBOX = 'allow-scripts allow-forms allow-modals allow-popups'

interface PreviewFrameProps {
  ref: Ref<HTMLIFrameElement>
  address: PreviewAddress
  title: string
  /** `null` fills the pane; a device larger than the pane is scaled down. */
  size: { width: number; height: number } | null
  painted: boolean
}

/** The frame that the app runs in. On an origin of its own it keeps storage; without one it may not have ours. */
export function PreviewFrame({ ref, address, title, size, painted }: PreviewFrameProps) {
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState({ width: 0, height: 0 })

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [])

  const margin = 32
  const scale = size
    ? Math.min(1, (room.width - margin) / size.width, (room.height - margin) / size.height)
    : 1
  return (
    <div ref={box} className="relative min-h-0 flex-1 overflow-hidden">
      <div
        className={cx(
          'absolute bg-white',
          size ? 'overflow-hidden rounded-card border shadow-float' : 'inset-0',
        )}
        style={
          size
            ? {
                width: size.width,
                height: size.height,
                left: '50%',
                top: '50%',
                transform: `translate(-50%, -50%) scale(${Math.max(0.1, scale)})`,
              }
            : undefined
        }
      >
        <iframe
          ref={ref}
          src={address.url}
          title={title}
          sandbox={address.mode === 'origin' ? `${SANDBOX} allow-same-origin` : SANDBOX}
          allow="clipboard-write; fullscreen; gamepad; autoplay"
          referrerPolicy="no-referrer"
          className="size-full border-0"
        />
      </div>
      {!painted && <Starting />}
    </div>
  )
}

/** Says that the app is loading, and when that takes long, what to do. It never hides an app that does run. */
function Starting() {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 8_000)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center px-4">
      <div className="rounded-control bg-surface px-3 py-1.5 text-sm shadow-float">
        <Spinner>{slow ? 'Still loading. The console may say why.' : 'Loading the app'}</Spinner>
      </div>
    </div>
  )
}
