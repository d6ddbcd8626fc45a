import { type ReactNode } from 'react'

import { Button, type ButtonProps } from './Button'
import { cx } from './cx'
import { Tooltip } from './Tooltip'

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label' | 'asChild'> {
  /** Read aloud and shown on hover; an icon never stands without it. */
  label: string
  icon: ReactNode
  /** As `useShortcut` takes it, such as `mod+k`. */
  shortcut?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
}

export function IconButton({
  label,
  icon,
  shortcut,
  side,
  variant = 'ghost',
  size = 'md',
  className,
  ...rest
}: IconButtonProps) {
  const square = { sm: 'w-7', md: 'w-8', lg: 'w-10' }[size]
  return (
    <Tooltip label={label} shortcut={shortcut} side={side}>
      <Button
        variant={variant}
        size={size}
        aria-label={label}
        className={cx(square, 'px-0! pointer-coarse:min-w-10', className)}
        {...rest}
      >
        {icon}
      </Button>
    </Tooltip>
  )
}
