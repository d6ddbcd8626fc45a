import { type InputHTMLAttributes, type Ref } from 'react'

import { cx } from './cx'

export const controlClass =
  'w-full rounded-control border bg-surface text-ink transition-colors placeholder:text-ink-faint hover:border-line-strong focus:border-accent focus:outline-none focus-visible:outline-2 focus-visible:-outline-offset-1 disabled:opacity-60 aria-invalid:border-danger'

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  ref?: Ref<HTMLInputElement>
}

export function Input({ className, ...rest }: InputProps) {
  return (
    <input
      className={cx(controlClass, 'h-8 px-2.5 max-md:text-md pointer-coarse:h-10', className)}
      {...rest}
    />
  )
}
