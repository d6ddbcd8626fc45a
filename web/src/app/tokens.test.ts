import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'styles.css'), 'utf8')

function tokens(selector: string): Map<string, [number, number, number]> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  const found = new Map<string, [number, number, number]>()
  for (const [, name, l, c, h] of block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    found.set(name ?? '', [Number(l), Number(c), Number(h)])
  }
  return found
}

/** Relative luminance of an oklch colour (Björn Ottosson's matrices). */
function luminance([L, C, H]: [number, number, number]): number {
  const a = C * Math.cos((H * Math.PI) / 180)
  const b = C * Math.sin((H * Math.PI) / 180)
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clamp = (x: number) => Math.min(1, Math.max(0, x))
  return (
    0.2126 * clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) +
    0.7152 * clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) +
    0.0722 * clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  )
}

describe.each([':root', "[data-theme='dark']"])('%s', (selector) => {
  const all = tokens(selector)
  const contrast = (one: string, other: string) => {
    const [a, b] = [all.get(one), all.get(other)]
    if (!a || !b) throw new Error(`${one} or ${other} is not a token`)
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
    return (light + 0.05) / (dark + 0.05)
  }

  test.each([1, 2, 3, 4, 5])('bars of colour %i stand out from their card', (number) => {
    expect(contrast(`chart-${number}`, 'surface')).toBeGreaterThan(3)
  })

  test.each(['canvas', 'surface'])('text on %s is AAA', (surface) => {
    expect(contrast('ink', surface)).toBeGreaterThan(7)
  })

  test.each([
    ...['canvas', 'surface', 'sunken', 'hover'].flatMap((s) => [
      ['ink-muted', s],
      ['ink-faint', s],
      ['accent-text', s],
      ['danger', s],
      ['ok', s],
      ['warn', s],
    ]),
    ['accent-ink', 'accent'],
    ['accent-ink', 'accent-hover'],
    ['ok', 'ok-soft'],
    ['warn', 'warn-soft'],
    ['danger', 'danger-soft'],
    ['accent-text', 'accent-soft'],
    ...['keyword', 'string', 'number', 'type', 'function', 'comment'].map((c) => [`code-${c}`, 'surface']),
  ] as [string, string][])('%s on %s is AA', (text, surface) => {
    expect(contrast(text, surface)).toBeGreaterThan(4.5)
  })
})
