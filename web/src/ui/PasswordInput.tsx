import { Eye, EyeOff } from 'lucide-react'
import { useState, type ComponentProps } from 'react'

import { cx } from './cx'
import { IconButton } from './IconButton'
import { Input } from './Input'

/** A secret being typed, with a button that shows it. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<typeof Input>, 'type'>) {
  const [shown, setShown] = useState(false)
  return (
    <div className="relative">
      <Input
        type={shown ? 'text' : 'password'}
        spellCheck={false}
        autoCapitalize="none"
        autoCorrect="off"
        className={cx('pr-9 pointer-coarse:pr-11', className)}
        {...rest}
      />
      <IconButton
        label={shown ? 'Hide what is typed' : 'Show what is typed'}
        aria-pressed={shown}
        icon={shown ? <EyeOff /> : <Eye />}
        size="sm"
        className="absolute! inset-y-0 right-0.5 my-auto"
        onClick={() => setShown((now) => !now)}
      />
    </div>
  )
}
