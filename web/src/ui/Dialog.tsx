import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode } from 'react'

import { cx } from './cx'
import { IconButton } from './IconButton'
import { useReturnFocus } from './useReturnFocus'

/** A form begins at its first field; a question is read before anything in it is chosen. */
function focusFirstField(event: Event) {
  event.preventDefault()
  const dialog = event.currentTarget as HTMLElement
  const field = dialog.querySelector<HTMLElement>(
    'input:not([type=hidden], :disabled), textarea:not(:disabled)',
  )
  ;(field ?? dialog).focus()
}

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** One sentence under the title. */
  description?: ReactNode
  children?: ReactNode
  /** The acts, the main one last. */
  footer?: ReactNode
  wide?: boolean
  /** Ends by its acts alone: what it shows is not shown again. */
  insistent?: boolean
}

const prevent = (event: Event) => event.preventDefault()

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  wide = false,
  insistent = false,
}: DialogProps) {
  const focus = useReturnFocus()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={(event) => {
            focus.remember()
            focusFirstField(event)
          }}
          onCloseAutoFocus={focus.giveBack}
          onEscapeKeyDown={insistent ? prevent : undefined}
          onInteractOutside={insistent ? prevent : undefined}
          aria-describedby={description === undefined ? undefined : 'dialog-description'}
          className={cx(
            'fixed z-50 flex max-h-[calc(100dvh-2rem)] animate-rise flex-col rounded-card bg-surface shadow-float outline-none',
            'inset-x-4 top-1/2 mx-auto -translate-y-1/2',
            wide ? 'max-w-3xl' : 'max-w-md',
          )}
        >
          <header className="flex items-start gap-3 px-4 pt-3.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-md font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description id="dialog-description" className="mt-1 text-ink-muted">
                  {description}
                </Radix.Description>
              )}
            </div>
            {!insistent && (
              <Radix.Close asChild>
                <IconButton label="Close" icon={<X />} size="sm" className="-mr-1" />
              </Radix.Close>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
