import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import { type ReactNode } from 'react'

import { cx } from './cx'
import { Kbd } from './Kbd'

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'center' | 'end'
}

export function DropdownMenu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-80 min-w-44 animate-appear rounded-card bg-surface p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const itemClass =
  'flex cursor-default items-center gap-2 rounded-control px-2 py-1.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-muted'

interface ItemProps {
  children: ReactNode
  icon?: ReactNode
  shortcut?: string
  danger?: boolean
  disabled?: boolean
  onSelect?: () => void
  /** The only child is a link. */
  asChild?: boolean
}

export function MenuItem({ children, icon, shortcut, danger = false, asChild = false, ...rest }: ItemProps) {
  const className = cx(itemClass, danger && 'text-danger [&_svg]:text-danger')
  if (asChild) {
    return (
      <Radix.Item asChild className={className} {...rest}>
        {children}
      </Radix.Item>
    )
  }
  return (
    <Radix.Item className={className} {...rest}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </Radix.Item>
  )
}

interface CheckItemProps {
  children: ReactNode
  checked: boolean
  onSelect: () => void
}

export function MenuCheckItem({ children, checked, onSelect }: CheckItemProps) {
  return (
    <Radix.CheckboxItem className={itemClass} checked={checked} onCheckedChange={onSelect}>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <Radix.ItemIndicator>
        <Check aria-hidden />
      </Radix.ItemIndicator>
    </Radix.CheckboxItem>
  )
}

export const MenuSeparator = () => <Radix.Separator className="mx-1 my-1 h-px bg-line" />

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-faint">{children}</Radix.Label>
)
