import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { type Page } from '@playwright/test'
import type * as axe from 'axe-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe objects to on a page; the app in the preview is not the page's. */
export async function violations(page: Page): Promise<string[]> {
  // Fading text has no contrast yet.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ),
  )
  await page.evaluate(source)
  const found = await page.evaluate(async () => {
    const { axe: here } = globalThis as unknown as { axe: typeof axe }
    const results: axe.AxeResults = await here.run(document, { iframes: false, resultTypes: ['violations'] })
    return results.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`),
    }))
  })
  return found.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.slice(0, 4).join('\n    ')}`)
}
