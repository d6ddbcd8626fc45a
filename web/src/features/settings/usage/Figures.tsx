import { type ReactNode } from 'react'

import { type UsageReport } from '@/api/generated/wire'
import { verdictOf } from '@/components/savings'
import { formatMoney, formatTokens, plural } from '@/ui/format'

/** The four numbers of a report. */
export function Figures({ report }: { report: UsageReport }) {
  const { total, kinds } = report
  const sent = total.input + total.cache_read + total.cache_write
  const repairs = kinds.find((k) => k.kind === 'repair')?.totals.cost_nanousd ?? 0
  const spent = [
    total.unpriced_steps > 0 && `without ${plural(total.unpriced_steps, 'step')} of unknown price`,
    repairs > 0 && `${formatMoney(repairs)} of it repairs, not charged`,
  ].filter((note) => note !== false)
  return (
    <dl className="mb-8 grid grid-cols-2 gap-px overflow-hidden rounded-card border bg-line lg:grid-cols-4">
      <Figure
        name="Spent"
        value={total.unpriced_steps === total.steps ? 'Not known' : formatMoney(total.cost_nanousd)}
        note={spent.length > 0 ? spent.join('; ') : `${plural(total.steps, 'call')}, every one priced`}
      />
      <Figure
        name="Tokens"
        value={formatTokens(sent + total.output)}
        note={`${formatTokens(sent)} sent, ${formatTokens(total.output)} answered`}
      />
      <Figure
        name="From cache"
        value={`${(report.cache_read_permille / 10).toFixed(0)} %`}
        note={`${formatTokens(total.cache_read)} of ${formatTokens(sent)} tokens sent`}
      />
      <Savings report={report} />
    </dl>
  )
}

function Savings({ report: { total } }: { report: UsageReport }) {
  const { naive } = total
  const priced = naive.priced_steps > 0 && naive.cost_nanousd > 0
  const name = 'Saved'
  const verdict = verdictOf({
    spentNanousd: priced ? naive.spent_nanousd : null,
    naiveNanousd: priced ? naive.cost_nanousd : null,
    spentTokens: naive.spent_tokens,
    naiveTokens: naive.tokens,
  })
  const counted = priced ? naive.priced_steps : naive.steps
  const left = total.steps - counted
  const over = left > 0 ? `; ${plural(left, 'call')} not compared` : ''
  if (verdict === null || counted === 0) {
    return <Figure name={name} value="–" note="Nothing to compare yet" />
  }
  const amount = (spent: number, all: number) => Math.abs(all - spent)
  const value = priced
    ? `~${formatMoney(amount(naive.spent_nanousd, naive.cost_nanousd))}`
    : `~${formatTokens(amount(naive.spent_tokens, naive.tokens))} tokens`
  const every = priced
    ? `${formatMoney(naive.cost_nanousd)} and ${formatTokens(naive.tokens)} tokens`
    : `${formatTokens(naive.tokens)} tokens`
  switch (verdict) {
    case 'less':
      return <Figure name={name} value={value} note={`vs sending every file: ~${every}${over}`} />
    case 'about-same':
      return (
        <Figure
          name={name}
          value="About the same"
          note={`Small projects: sending every file would cost about the same${over}`}
        />
      )
    case 'more':
      return (
        <Figure
          name={name}
          value="Nothing"
          note={`Sending every file would have been ${value} less${over}`}
        />
      )
  }
}

const Figure = ({ name, value, note }: { name: string; value: ReactNode; note: string }) => (
  <div className="flex flex-col bg-surface p-4">
    <dt className="text-sm text-ink-muted">{name}</dt>
    <dd className="mt-1 text-lg font-semibold tnum">{value}</dd>
    <dd className="text-sm text-pretty text-ink-muted">{note}</dd>
  </div>
)
