import { LoaderCircle } from 'lucide-react'
import { Slot } from 'radix-ui'
import { type ButtonHTMLAttributes, type ReactNode, type Ref } from 'react'

import { cx } from './cx'

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger'
type Size = 'sm' | 'md' | 'lg'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` is for the one main act of a view. */
  variant?: Variant
  size?: Size
  /** Shows that the act is under way; the words stay, so they should say what is happening. */
  busy?: boolean
  icon?: ReactNode
  /** Renders the only child (a link) with a button's looks. */
  asChild?: boolean
  ref?: Ref<HTMLButtonElement>
}

const VARIANTS: Record<Variant, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
  secondary: 'border bg-surface text-ink hover:bg-hover active:bg-pressed',
  ghost: 'text-ink-muted hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'border border-danger/40 bg-surface text-danger hover:bg-danger-soft',
}

const SIZES: Record<Size, string> = {
  sm: 'h-7 gap-1.5 px-2 text-sm',
  md: 'h-8 gap-2 px-3 text-base',
  lg: 'h-10 gap-2 px-4 text-base',
}

export function buttonClass(variant: Variant = 'secondary', size: Size = 'md', className?: string): string {
  return cx(
    'relative inline-flex shrink-0 items-center justify-center rounded-control font-medium whitespace-nowrap transition-colors select-none',
    'disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    'pointer-coarse:min-h-10',
    VARIANTS[variant],
    SIZES[size],
    className,
  )
}

export function Button({
  variant = 'secondary',
  size = 'md',
  busy = false,
  icon,
  asChild = false,
  className,
  children,
  disabled,
  ref,
  ...rest
}: ButtonProps) {
  if (asChild) {
    return (
      <Slot.Root ref={ref} className={buttonClass(variant, size, className)} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button
      ref={ref}
      type="button"
      className={buttonClass(variant, size, className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  )
}
