// Screenshots of the pages around the workspace, mocked: `node scripts/look-pages.mjs [name...]`. Needs
// `npm run dev:mock` (LOOK_URL names it). Prints what axe, the console and sideways scrolling complain about.
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'

import { chromium } from 'playwright-core'

const BASE = process.env.LOOK_URL ?? 'http://localhost:5199'
const OUT = process.env.LOOK_OUT ?? 'screenshots'
const only = process.env.LOOK_ONLY?.split(',')
const wanted = process.argv.slice(2)
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

const open = async (page, path) => {
  await page.goto(BASE + path)
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(250)
}
/** Goes on inside the running page, so that what a scene did to the mock stays. */
const go = async (page, path) => {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
  await page.waitForTimeout(500)
}
const mock = (page, change) => page.evaluate(change)
const signOut = async (page) => {
  await page.click('[aria-label^="Account of"]')
  await page.click('[role=menuitem]:has-text("Sign out")')
  await page.waitForSelector('form')
}

const scenes = {
  home: (page) => open(page, '/'),
  'home-first': async (page) => {
    await open(page, '/settings/appearance')
    await mock(page, () => globalThis.mockDb.projects.clear())
    await go(page, '/')
  },
  'home-writing': async (page) => {
    await open(page, '/')
    await page.fill(
      'textarea',
      'A kanban board for a small bakery:\n- orders come in, are baked, are collected\n- due times, and a colour for each customer\n- works on the tablet in the kitchen',
    )
    await page.click('text=Mobile app >> nth=0')
    await page.click('[aria-label="Model"]')
    await page.waitForTimeout(200)
  },
  projects: (page) => open(page, '/projects'),
  'projects-menu': async (page) => {
    await open(page, '/projects')
    await page.click('[aria-label^="Actions for"] >> nth=1')
    await page.waitForTimeout(200)
  },
  'projects-delete': async (page) => {
    await open(page, '/projects')
    await page.click('[aria-label^="Actions for"] >> nth=1')
    await page.click('[role=menuitem]:has-text("Delete")')
    await page.waitForTimeout(250)
  },
  'projects-empty': async (page) => {
    await open(page, '/settings/appearance')
    await mock(page, () => globalThis.mockDb.projects.clear())
    await go(page, '/projects')
  },
  'projects-none': (page) => open(page, '/projects?q=accounting'),
  models: (page) => open(page, '/settings/models'),
  'models-key': async (page) => {
    await open(page, '/settings/models')
    await page.click('button:has-text("Add key: OpenAI")')
    await page.fill('[type=password]', 'short')
    await page.click('text=Save')
    await page.waitForTimeout(400)
  },
  account: (page) => open(page, '/settings/account'),
  sessions: (page) => open(page, '/settings/sessions'),
  appearance: (page) => open(page, '/settings/appearance'),
  usage: (page) => open(page, '/settings/usage'),
  login: async (page) => {
    await open(page, '/projects')
    await signOut(page)
    await page.fill('[type=email]', 'ada@example.org')
    await page.fill('[type=password]', 'wrong')
    await page.click('button[type=submit]')
    await page.waitForTimeout(400)
  },
  setup: async (page) => {
    await open(page, '/projects')
    await signOut(page)
    await go(page, '/setup')
  },
  palette: async (page) => {
    await open(page, '/')
    await page.keyboard.press('Control+k')
    await page.waitForSelector('[cmdk-input]')
    await page.waitForTimeout(400)
  },
  shortcuts: async (page) => {
    await open(page, '/settings/appearance')
    await page.keyboard.press('?')
    await page.waitForSelector('[role=dialog]')
    await page.waitForTimeout(300)
  },
  'not-found': (page) => open(page, '/nothing/here'),
}

async function complaints(page) {
  await page.addScriptTag({ content: axe })
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({ resultTypes: ['violations'] })
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    return [
      ...(wide > 0 ? [`scrolls sideways by ${wide} px`] : []),
      ...violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`),
    ]
  })
}

const sizes = { 390: 844, 720: 450, 1024: 768, 1440: 900 }
await mkdir(OUT, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
for (const [name, run] of Object.entries(scenes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const theme of ['light', 'dark']) {
    for (const [width, height] of Object.entries(sizes)) {
      const label = `${theme}-${width}`
      if (only && !only.includes(label)) continue
      const context = await browser.newContext({
        viewport: { width: Number(width), height },
        colorScheme: theme,
        reducedMotion: 'reduce',
        bypassCSP: true,
      })
      const page = await context.newPage()
      const say = (text) => console.log(`${name} ${label}: ${text}`)
      page.on('console', (m) => ['error', 'warning'].includes(m.type()) && say(m.text()))
      page.on('pageerror', (e) => say(e.message))
      try {
        await run(page)
        for (const complaint of await complaints(page)) say(complaint)
      } catch (error) {
        say(error.message.split('\n')[0])
      }
      await page.screenshot({ path: `${OUT}/${name}-${label}.png`, fullPage: true })
      await context.close()
    }
  }
}
await browser.close()
