/** `cargo xtask screenshots`: every page at three widths, light and dark, into docs/screenshots. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { type BrowserContext, chromium } from '@playwright/test'
import sharp from 'sharp'

import { Api } from './support/api.js'
import { launchOptions } from './support/chromium.js'
import { type AppPage, PAGES, SIGNED_OUT } from './support/pages.js'
import { Server } from './support/server.js'

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const WIDTHS = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
]
const THEMES = ['light', 'dark'] as const
const MOST_MEGABYTES = 6

const server = await Server.start({ env: { QUICKVIBE_LOG: 'warn' } })
const browser = await chromium.launch(launchOptions())

async function take(
  context: BrowserContext,
  pages: AppPage[],
  project: string,
  suffix: string,
): Promise<void> {
  const page = await context.newPage()
  for (const each of pages) {
    await each.open(page, server.url, project)
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined)
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    // A page has few colours: a palette takes a quarter of the room.
    const name = `${each.name}-${suffix}.png`
    await sharp(png)
      .png({ palette: true, quality: 90, effort: 7, compressionLevel: 9 })
      .toFile(`${FOLDER}${name}`)
    process.stdout.write(`${name}\n`)
  }
  await page.close()
}

try {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
  const signing = await browser.newContext()
  const api = new Api(signing.request, server.url)
  await api.signIn(server.token)
  await api.useStarters()
  await api.build('a recipe book for my family')
  await api.build('a landing page for a bakery called Crumb')
  await api.build('a kanban board for a product launch')
  const project = await api.build('a pomodoro timer with statistics')
  await api.followUp(project, 'make it green and rename it to Deep Work')
  const storageState = await signing.storageState()
  for (const viewport of WIDTHS) {
    for (const colorScheme of THEMES) {
      const suffix = `${viewport.width}-${colorScheme}`
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const
      const inside = await browser.newContext({ ...options, storageState })
      // Where chat and preview stand side by side they are one page.
      const pages = PAGES.filter(({ name }) => name !== 'project-chat' || viewport.width < 1024)
      await take(inside, pages, project, suffix)
      await inside.close()
      const outside = await browser.newContext(options)
      await take(outside, SIGNED_OUT, project, suffix)
      await outside.close()
    }
  }
  const sizes = await Promise.all((await readdir(FOLDER)).map((name) => stat(FOLDER + name)))
  const megabytes = sizes.reduce((sum, { size }) => sum + size, 0) / 1e6
  process.stdout.write(`${sizes.length} pictures, ${megabytes.toFixed(1)} MB\n`)
  if (megabytes > MOST_MEGABYTES) throw new Error(`more than ${MOST_MEGABYTES} MB: lower the quality`)
} finally {
  await browser.close()
  await server.stop()
}
