/** What was spent, and what every file sent and whole files answered would have taken. */
export interface Comparison {
  /** Billionths of a dollar; `null` when a price is not known. */
  spentNanousd: number | null
  naiveNanousd: number | null
  spentTokens: number
  naiveTokens: number
}

/** How much less it was: `about-same` within a tenth, either way. */
export type Verdict = 'less' | 'about-same' | 'more'

const CLOSE = 0.1

/** By money where there is any, otherwise by tokens; `null` when there is nothing to compare to. */
export function verdictOf(c: Comparison): Verdict | null {
  const byMoney = c.spentNanousd !== null && c.naiveNanousd !== null && c.spentNanousd + c.naiveNanousd > 0
  const spent = byMoney ? (c.spentNanousd ?? 0) : c.spentTokens
  const naive = byMoney ? (c.naiveNanousd ?? 0) : c.naiveTokens
  if (naive === 0 && spent === 0) return null
  if (spent < naive * (1 - CLOSE)) return 'less'
  return spent > naive * (1 + CLOSE) ? 'more' : 'about-same'
}
