const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `3 Mar` for `2026-03-03`. Days are counted in UTC. */
export const dayName = (date: string): string => DAY.format(new Date(`${date}T00:00:00Z`))

/** The first day of this month in UTC. */
export const firstOfMonth = (now: Date): string => `${now.toISOString().slice(0, 7)}-01`
