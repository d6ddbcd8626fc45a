const USD = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
})

/** `$0.25` for 250,000 millionths. */
export const formatPrice = (microusd: number): string => USD.format(microusd / 1e6)

/** `0.25` as millionths of a dollar; `null` when it is no such number, or finer than a millionth. */
export function parsePrice(text: string): number | null {
  const match = /^\$?(\d{1,5})(?:[.,](\d{1,6}))?$/.exec(text.trim())
  if (!match) return null
  return Number(match[1]) * 1e6 + Number((match[2] ?? '').padEnd(6, '0'))
}
