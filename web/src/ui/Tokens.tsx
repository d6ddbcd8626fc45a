import { formatTokens } from './format'

interface TokensProps {
  count: number
  /** Whether it is an estimate of ours, shown with "~". */
  estimated?: boolean
  className?: string
}

/** "12.4k", with the exact number on hover. */
export function Tokens({ count, estimated = false, className }: TokensProps) {
  return (
    <span
      className={className}
      style={{ fontVariantNumeric: 'tabular-nums' }}
      title={`${estimated ? 'About ' : ''}${count.toLocaleString('en-US')} tokens`}
    >
      {estimated && '~'}
      {formatTokens(count)}
    </span>
  )
}
