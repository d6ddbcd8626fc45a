import { type Estimate } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { formatMoney, formatTokens } from '@/ui/format'
import { Tooltip } from '@/ui/Tooltip'

/** What a message would cost, in a word; more under the pointer. Nothing while nothing is known. */
export function CostTag({ estimate }: { estimate: Estimate | null }) {
  if (!estimate) return null
  const over = estimate.over_budget !== null
  return (
    <Tooltip label={explained(estimate)} side="top">
      <button
        type="button"
        data-testid="cost"
        className={cx(
          'shrink-0 cursor-default rounded-sm px-1 text-sm tnum',
          over ? 'font-medium text-warn' : 'text-ink-muted',
        )}
      >
        {over ? 'over budget' : inShort(estimate)}
      </button>
    </Tooltip>
  )
}

function inShort({ free, typical_nanousd: typical }: Estimate): string {
  if (free) return 'free'
  if (typical === null) return 'price unknown'
  const money = formatMoney(typical)
  return money.startsWith('<') ? money : `~${money}`
}

function explained(estimate: Estimate): string {
  if (estimate.over_budget !== null) return estimate.over_budget
  if (estimate.model === null) return 'The starters answer this. No model is asked, so it costs nothing.'
  const sent = `${estimate.approximate ? 'About ' : ''}${formatTokens(estimate.input_tokens)} tokens sent, ${estimate.files_sent} of ${estimate.files_total} files.`
  if (estimate.free) return `${sent} The model runs on this machine, so it costs nothing.`
  if (estimate.typical_nanousd === null || estimate.most_nanousd === null) {
    return `${sent} The price of this model is not known, so it is not measured.`
  }
  const typical = `A typical answer of ${formatTokens(estimate.typical_output_tokens)} tokens makes it ${formatMoney(estimate.typical_nanousd)}`
  return `${sent} ${typical}; the longest one ${formatMoney(estimate.most_nanousd)}.`
}
