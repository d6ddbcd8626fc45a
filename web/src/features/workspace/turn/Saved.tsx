import { type GenerationSummary } from '@/api/generated/wire'
import { verdictOf } from '@/components/savings'
import { Money } from '@/ui/Money'
import { Tokens } from '@/ui/Tokens'

const WHAT = 'Our estimate: every file sent, and every changed file answered whole, at the same price'

/** What a turn took beside what sending every file would have. */
export function Saved({ summary }: { summary: GenerationSummary }) {
  const { usage, cost_nanousd, naive_cost_nanousd, naive_input_tokens, naive_output_tokens } = summary
  if (!usage || naive_input_tokens === null || naive_output_tokens === null) return null
  const naiveTokens = naive_input_tokens + naive_output_tokens
  const verdict = verdictOf({
    spentNanousd: cost_nanousd,
    naiveNanousd: naive_cost_nanousd,
    spentTokens: usage.input + usage.cache_read + usage.cache_write + usage.output,
    naiveTokens,
  })
  if (verdict === null) return null
  if (verdict === 'about-same') {
    return <span title={WHAT}>Small project: sending every file would cost about the same</span>
  }
  return (
    <span title={WHAT}>
      vs sending every file: <Tokens count={naiveTokens} estimated />
      {naive_cost_nanousd !== null && naive_cost_nanousd > 0 && (
        <>
          , <Money nanousd={naive_cost_nanousd} estimated />
        </>
      )}
      {verdict === 'more' && ', which is less'}
    </span>
  )
}
