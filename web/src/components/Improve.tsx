import { Undo2, WandSparkles } from 'lucide-react'

import { Button } from '@/ui/Button'
import { formatMoney } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'

import { type Improve } from './useImprove'

/** Puts what is written into more useful words; where it cannot, it says why. */
export function ImproveButton({ improve, size }: { improve: Improve; size?: 'sm' | 'md' }) {
  const { why, busy, run } = improve
  return (
    <IconButton
      label={busy ? 'Improving your words' : why === null ? 'Improve your words' : `Improve: ${why}`}
      icon={<WandSparkles />}
      size={size}
      side="top"
      busy={busy}
      // Not `disabled`: then nothing would say why.
      aria-disabled={why !== null || undefined}
      onClick={run}
    />
  )
}

/** What it cost, and the way back. */
export function ImproveNote({ improve, className }: { improve: Improve; className?: string }) {
  const { made, undo } = improve
  return (
    <div role="status" className={className}>
      {made && (
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-ink-muted tnum">
          {made.nanousd === null
            ? 'Improved. The price is not known.'
            : made.nanousd === 0
              ? 'Improved, free.'
              : `Improved for ${formatMoney(made.nanousd)}.`}
          <Button size="sm" variant="ghost" icon={<Undo2 />} onClick={undo}>
            Undo
          </Button>
        </p>
      )}
    </div>
  )
}
