import { useEffect, useRef, useState } from 'react'

import { cx } from './cx'
import { Input } from './Input'

interface InlineEditProps {
  label: string
  value: string
  maxLength: number
  onSave: (value: string) => void
  onCancel: () => void
  className?: string
}

/** A name edited in place: Enter or leaving saves, Escape leaves it as it was. */
export function InlineEdit({ label, value, maxLength, onSave, onCancel, className }: InlineEditProps) {
  const [text, setText] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const over = useRef(false)

  useEffect(() => {
    field.current?.select()
  }, [])

  const finish = (save: boolean) => {
    if (over.current) return
    over.current = true
    const next = text.trim()
    if (save && next !== '' && next !== value) onSave(next)
    else onCancel()
  }
  return (
    <Input
      ref={field}
      aria-label={label}
      value={text}
      maxLength={maxLength}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) finish(true)
        if (event.key === 'Escape') {
          event.stopPropagation()
          finish(false)
        }
      }}
      className={cx('h-7!', className)}
    />
  )
}
