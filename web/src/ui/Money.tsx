import { formatMoney } from './format'

interface MoneyProps {
  /** Billionths of a US dollar; `null` when the price is not known. */
  nanousd: number | null
  /** Whether it is an estimate of ours, shown with "~". */
  estimated?: boolean
  className?: string
}

/** "$0.03", or "~$0.03" for an estimate. */
export function Money({ nanousd, estimated = false, className }: MoneyProps) {
  if (nanousd === null) return <span className={className}>price not known</span>
  return (
    <span className={className} style={{ fontVariantNumeric: 'tabular-nums' }}>
      {estimated && '~'}
      {formatMoney(nanousd)}
    </span>
  )
}
