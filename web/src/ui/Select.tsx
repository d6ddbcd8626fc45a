import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import { type ReactNode } from 'react'

import { cx } from './cx'
import { cspNonce } from './nonce'

export interface SelectOption<T extends string> {
  value: T
  label: string
  /** A second line that helps to choose. */
  hint?: string
  icon?: ReactNode
  /** Options with the same group stand together under its name. */
  group?: string
  disabled?: boolean
}

interface SelectProps<T extends string> {
  /** Read aloud. */
  label: string
  value: T
  options: readonly SelectOption<T>[]
  onChange: (value: T) => void
  /** `bare` has no border: for toolbars. */
  look?: 'field' | 'bare'
  className?: string
  disabled?: boolean
  id?: string
  'aria-describedby'?: string
}

export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  look = 'field',
  className,
  ...rest
}: SelectProps<T>) {
  const chosen = options.find((o) => o.value === value)
  const groups = [...new Set(options.map((o) => o.group ?? ''))]
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} disabled={rest.disabled}>
      <Radix.Trigger
        {...rest}
        aria-label={label}
        className={cx(
          'inline-flex min-w-0 items-center gap-1.5 rounded-control text-left transition-colors disabled:opacity-60 pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0',
          look === 'field'
            ? 'h-8 border bg-surface px-2.5 hover:border-line-strong'
            : 'h-7 px-1.5 text-sm text-ink-muted hover:bg-hover hover:text-ink',
          className,
        )}
      >
        {chosen?.icon}
        <span className="min-w-0 flex-1 truncate">
          <Radix.Value>{chosen?.label ?? value}</Radix.Value>
        </span>
        <ChevronDown aria-hidden className="text-ink-faint" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(24rem,var(--radix-select-content-available-height))] max-w-80 min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-card bg-surface shadow-float"
        >
          <Radix.Viewport nonce={cspNonce()} className="p-1">
            {groups.map((group) => (
              <Radix.Group key={group}>
                {group !== '' && (
                  <Radix.Label className="px-2 pt-2 pb-1 text-xs font-medium text-ink-faint">
                    {group}
                  </Radix.Label>
                )}
                {options
                  .filter((o) => (o.group ?? '') === group)
                  .map((option) => (
                    <Item key={option.value} option={option} />
                  ))}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Item({ option }: { option: SelectOption<string> }) {
  return (
    <Radix.Item
      value={option.value}
      disabled={option.disabled}
      className="flex cursor-default items-start gap-2 rounded-control px-2 py-1.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:mt-0.75 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {option.icon}
      <span className="min-w-0 flex-1">
        <Radix.ItemText>{option.label}</Radix.ItemText>
        {option.hint !== undefined && <span className="block text-xs text-ink-muted">{option.hint}</span>}
      </span>
      <span className="w-4">
        <Radix.ItemIndicator>
          <Check aria-hidden className="text-accent-text" />
        </Radix.ItemIndicator>
      </span>
    </Radix.Item>
  )
}
