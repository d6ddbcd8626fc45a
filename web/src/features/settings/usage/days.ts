import { type UsageTotals } from '@/api/generated/wire'

const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `3 Mar` for `2026-03-03`. Days are counted in UTC. */
export const dayName = (date: string): string => DAY.format(new Date(`${date}T00:00:00Z`))

/** Every token that was sent or answered. */
export const tokensOf = (totals: UsageTotals): number =>
  totals.input + totals.output + totals.cache_read + totals.cache_write
