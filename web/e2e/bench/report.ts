import { loadavg, cpus } from 'node:os'

/** A figure with what it may be at most. */
export interface Figure {
  name: string
  unit: string
  values: number[]
  /** `null`: told for its own sake. */
  limit: number | null
  digits?: number
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Prints the method and every figure; the process fails when one is over its limit. */
export function report(title: string, browser: string, method: string[], figures: Figure[]): void {
  say(`\n${title}`)
  say(`Chromium ${browser}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1) ?? '?'} at the end.\n`)
  for (const line of method) say(`  ${line}`)
  say('')
  const width = Math.max(...figures.map(({ name }) => name.length))
  for (const { name, unit, values, limit, digits = 0 } of figures) {
    const show = (value: number) => value.toFixed(digits)
    const middle = median(values)
    const range =
      values.length > 1
        ? `  (${show(Math.min(...values))}-${show(Math.max(...values))}, n=${values.length})`
        : ''
    const over = limit !== null && !(middle < limit)
    const verdict = limit === null ? '' : `  limit ${limit} ${unit}  ${over ? 'over' : 'PASS'}`
    say(`  ${name.padEnd(width)}  ${show(middle)} ${unit}${range}${verdict}`)
    if (over) process.exitCode = 1
  }
}
