import { Popover as Radix } from 'radix-ui'
import { type ReactNode } from 'react'

interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactNode
  /** Read aloud. */
  label: string
  open: boolean
  onOpenChange: (open: boolean) => void
  children: ReactNode
  align?: 'start' | 'center' | 'end'
}

/** What floats beside its button: more than a menu, less than a dialog. */
export const Popover = ({ trigger, label, open, onOpenChange, children, align = 'start' }: PopoverProps) => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={6}
        collisionPadding={8}
        aria-label={label}
        // It is read from its head; the first thing to press is not always the one that was meant.
        onOpenAutoFocus={(event) => {
          event.preventDefault()
          ;(event.currentTarget as HTMLElement).focus()
        }}
        className="z-40 max-h-(--radix-popover-content-available-height) w-96 max-w-[calc(100vw-1rem)] animate-rise overflow-y-auto overscroll-contain rounded-card bg-surface shadow-float outline-none"
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
