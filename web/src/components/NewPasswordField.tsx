import { Check, Circle } from 'lucide-react'
import { useId } from 'react'

import { cx } from '@/ui/cx'
import { Field } from '@/ui/Field'
import { PasswordInput } from '@/ui/PasswordInput'

import { type Rule } from './passwordRules'

interface NewPasswordFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** What it must hold to, and whether it does. */
  rules: readonly Rule[]
  error?: string
  disabled?: boolean
  className?: string
}

/** A new password with its rules, which are ticked while one types or pastes. */
export function NewPasswordField({
  label,
  value,
  onChange,
  rules,
  error,
  disabled,
  className,
}: NewPasswordFieldProps) {
  const rulesId = useId()
  return (
    <>
      <Field label={label} error={error}>
        {(aria) => (
          <div className={className}>
            <PasswordInput
              {...aria}
              aria-describedby={cx(aria['aria-describedby'], rulesId)}
              autoComplete="new-password"
              disabled={disabled}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          </div>
        )}
      </Field>
      <ul id={rulesId} aria-label="Rules for the password" className="-mt-1 flex flex-col gap-1 text-sm">
        {rules.map(({ text, held }) => (
          <li key={text} className={cx('flex items-start gap-2', held ? 'text-ok' : 'text-ink-muted')}>
            {held ? (
              <Check aria-hidden className="mt-0.5 size-4 shrink-0" />
            ) : (
              <Circle aria-hidden className="mt-0.5 size-4 shrink-0 p-0.5" />
            )}
            {text}
            <span className="sr-only">{held ? ': done' : ': not yet'}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
