const CENTS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** Billionths of a dollar to the cent. */
export function formatMoney(nanousd: number): string {
  if (nanousd > 0 && nanousd < 5_000_000) return '<$0.01'
  return CENTS.format(nanousd / 1e9)
}

/** `940`, `12.4k`, `1.2M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1_000) return String(Math.round(tokens))
  if (tokens < 999_950) return `${trim(tokens / 1_000)}k`
  return `${trim(tokens / 1_000_000)}M`
}

const trim = (n: number) => n.toFixed(1).replace(/\.0$/, '')

/** `640 B`, `12.4 KB`, `1.2 MB`, `53 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 999_950) return `${trim(bytes / 1_000)} KB`
  if (bytes < 999_950_000) return `${trim(bytes / 1_000_000)} MB`
  return `${trim(bytes / 1_000_000_000)} GB`
}

/** `<0.1 s`, `0.8 s`, `11 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 50) return '<0.1 s'
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 9.95) return `${trim(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const rest = whole % 60
  return `${Math.floor(whole / 60)} min${rest > 0 ? ` ${rest} s` : ''}`
}

/** How long something ran in all: `40 s`, `12 min`, `1 h 5 min`, `31 h`. */
export function formatHours(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  const hours = Math.floor(minutes / 60)
  return hours >= 10 || rest === 0 ? `${Math.round(minutes / 60)} h` : `${hours} h ${rest} min`
}

/** What is left to wait: `4 s`, `2 min`. Never nothing. */
export function formatWait(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000))
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** `1 file`, `3 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const DAY_YEAR = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

/** `just now`, `5 minutes ago`, `yesterday`, `3 Mar`. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1_000
  const past = Math.abs(seconds)
  if (past < 45) return 'just now'
  if (past < 3_570) return RELATIVE.format(Math.round(seconds / 60), 'minute')
  if (past < 86_400) return RELATIVE.format(Math.round(seconds / 3_600), 'hour')
  if (past < 7 * 86_400) return RELATIVE.format(Math.round(seconds / 86_400), 'day')
  return (at.getFullYear() === now.getFullYear() ? DAY : DAY_YEAR).format(at)
}

const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })

export const formatExact = (at: Date): string => EXACT.format(at)
