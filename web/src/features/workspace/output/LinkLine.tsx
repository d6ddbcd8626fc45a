import { CircleAlert, WifiOff } from 'lucide-react'

import { Button } from '@/ui/Button'

import { NextTry } from '../chat/StreamLine'

interface LinkLineProps {
  words: string
  /** It is not tried again by itself. */
  gone: boolean
  retryAt: number | null
  onTry: () => void
}

/** A connection of the drawer that has trouble: what happens, and what can be done. */
export const LinkLine = ({ words, gone, retryAt, onTry }: LinkLineProps) => (
  <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-t px-3 py-1 text-sm text-warn">
    {/* Read aloud once: the seconds are not. */}
    <p role="status" className="sr-only">
      {words} {!gone && 'This page tries again by itself.'}
    </p>
    {gone ? (
      <CircleAlert aria-hidden className="size-4 shrink-0" />
    ) : (
      <WifiOff aria-hidden className="size-4 shrink-0" />
    )}
    <span aria-hidden className="min-w-0 text-pretty tnum">
      {words} {!gone && <NextTry at={retryAt} />}
    </span>
    {!gone && retryAt !== null && (
      <Button size="sm" variant="ghost" onClick={onTry}>
        Try now
      </Button>
    )}
  </div>
)
