import { type Ref, type TextareaHTMLAttributes } from 'react'

import { cx } from './cx'
import { controlClass } from './Input'

interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref?: Ref<HTMLTextAreaElement>
  /** Grows with its content, up to a third of the screen. */
  grows?: boolean
}

export function Textarea({ className, grows = false, ...rest }: TextareaProps) {
  return (
    <textarea
      className={cx(
        controlClass,
        'px-2.5 py-1.5 max-md:text-md',
        grows && 'field-sizing-content max-h-[34dvh] resize-none',
        className,
      )}
      {...rest}
    />
  )
}
