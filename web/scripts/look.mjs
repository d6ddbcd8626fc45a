// Screenshots of the mocked app, each checked by axe: `node scripts/look.mjs [name...]`. Needs `npm run dev:mock` on port 5199 (or LOOK_URL).
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

import { chromium } from 'playwright-core'

const BASE = process.env.LOOK_URL ?? 'http://localhost:5199'
const OUT = process.env.LOOK_OUT ?? 'screenshots'
const wanted = process.argv.slice(2)

const open = async (page, path) => {
  await page.goto(BASE + path)
  await page.waitForLoadState('networkidle').catch(() => undefined)
}
const project = (page, n = 0) => page.evaluate((i) => [...globalThis.mockDb.projects.keys()][i], n)
const enter = async (page, query = '', before = async () => undefined) => {
  await open(page, '/')
  const id = await project(page)
  await before(id)
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/projects/${id}${query}`)
  await page.waitForSelector('[aria-label=Chat]', { state: 'attached' })
  return id
}
const say = async (page, text, speed) => {
  await page.evaluate((s) => (globalThis.mockDb.speed = s), speed)
  await page.fill('textarea', text)
  await page.keyboard.press('Enter')
}
const done = (page) =>
  page.waitForFunction(
    () => [...globalThis.mockDb.runs.values()].every((r) => r.generation.finished_at !== null),
    null,
    { timeout: 60_000 },
  )

const scenes = {
  empty: async (page) => {
    await enter(page)
    await page.waitForTimeout(600)
  },
  writing: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 2)
    await page.waitForTimeout(5_500)
  },
  checking: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 20)
    await page.waitForFunction(() =>
      [...globalThis.mockDb.runs.values()][0]?.events.some((e) => e.type === 'repair_started'),
    )
    await page.evaluate(() => (globalThis.mockDb.speed = 0.3))
    await page.waitForTimeout(700)
  },
  done: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 200)
    await done(page)
    await page.waitForTimeout(700)
    await say(page, 'Make it fail', 200)
    await done(page)
    await page.waitForTimeout(500)
  },
  expanded: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 200)
    await done(page)
    await page.waitForTimeout(700)
    await page.click('article button[aria-expanded]')
    await page.waitForTimeout(300)
  },
  'roles-live': async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 40)
    await page.waitForFunction(() =>
      [...globalThis.mockDb.runs.values()][0]?.events.some((e) => e.type === 'smoke_finished'),
    )
    await page.evaluate(() => (globalThis.mockDb.speed = 0.05))
    await page.waitForTimeout(600)
  },
  'what-it-took': async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 400)
    await done(page)
    await page.waitForTimeout(700)
    await page.click('article button[aria-expanded]')
    await page.click('text=Cost by role')
    await page.locator('text=Cost by role').scrollIntoViewIfNeeded()
    await page.waitForTimeout(600)
  },
  picture: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 400)
    await done(page)
    await page.waitForTimeout(700)
    await page.click('article button[aria-expanded]')
    await page.click('[aria-label="Show the picture of the app larger"]')
    await page.waitForTimeout(500)
  },
  'asks-you': async (page) => {
    await enter(page)
    await say(page, 'Make something nice', 400)
    await done(page)
    await page.waitForTimeout(500)
    await page.click('label:has-text("My team")')
  },
  plan: async (page) => {
    await enter(page)
    await page.click('[aria-label="What the turn is for"]')
    await page.click('[role=option]:has-text("Plan")')
    await say(page, 'A chart of my week', 400)
    await done(page)
    await page.waitForTimeout(500)
    await page.focus('[aria-label="Step 2"]')
  },
  'taken-back': async (page) => {
    await enter(page)
    await say(page, 'Please break it', 400)
    await done(page)
    await page.waitForTimeout(500)
    await page.click('article button[aria-expanded]')
    await page.waitForTimeout(300)
  },
  'keep-or-back': async (page) => {
    await enter(page)
    await say(page, 'I am unsure', 400)
    await done(page)
    await page.waitForTimeout(500)
    await page.click('article button[aria-expanded]')
    await page.waitForTimeout(300)
  },
  'another-model': async (page) => {
    await enter(page)
    await say(page, 'I am unsure', 400)
    await done(page)
    await page.click('text=Try another model')
    await page.waitForTimeout(400)
  },
  answered: async (page) => {
    await enter(page)
    await page.click('[aria-label="What the turn is for"]')
    await page.click('[role=option]:has-text("Ask")')
    await say(page, 'How does it count?', 400)
    await done(page)
    await page.waitForTimeout(900)
    await page.fill('textarea', 'And how does it stop?')
    await page.click('[aria-label="Improve your words"]')
    await page.waitForTimeout(500)
  },
  console: async (page) => {
    await enter(page, '?view=preview')
    await page.waitForTimeout(600)
    await page.frameLocator('iframe').locator('.go').click()
    await page.click('button:has-text("Console:")')
    await page.waitForTimeout(400)
  },
  code: async (page) => {
    await enter(page, '?view=code')
    await page.waitForSelector('[role=treeitem]')
    await page.click('[role=treeitem]:has-text("App.tsx")')
    await page.waitForSelector('.cm-content')
    await page.click('.cm-line >> nth=3')
    await page.keyboard.type('// mine ')
    await page.waitForTimeout(400)
  },
  queue: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 1)
    await page.waitForSelector('[aria-label="Send next"]')
    for (const text of [
      'Add a sound when a session ends, and let me choose between a bell, a gong and the noise of rain on a window',
      'Put the statistics below the timer',
    ]) {
      await page.fill('textarea', text)
      await page.keyboard.press('Enter')
      await page.waitForTimeout(400)
    }
    await page.locator('[aria-label="Point at something to change"]').evaluate((button) => button.click())
    await page
      .frames()
      .find((frame) => frame.url().includes('mock-preview'))
      ?.evaluate(() =>
        parent.postMessage(
          {
            qv: 1,
            type: 'picked',
            path: 'main > button.go',
            text: 'Start',
            html: '<button class="go">Start</button>',
            components: ['Timer'],
            source: { file: 'src/components/Timer.tsx', line: 12, component: 'Timer' },
          },
          '*',
        ),
      )
    await page.fill('textarea', 'And print the week')
    await page.waitForTimeout(400)
  },
  edit: async (page) => {
    await enter(page)
    await say(page, 'A pomodoro timer with statistics, dark', 400)
    await done(page)
    await page.waitForTimeout(700)
    await page.hover('text=A pomodoro timer with statistics, dark')
    await page.click('[aria-label="Edit and go on from here"]')
    await page.waitForTimeout(400)
  },
  checks: async (page) => {
    await enter(page, '?view=preview&panel=checks', (id) =>
      page.evaluate((projectId) => {
        const { files } = globalThis.mockDb.projects.get(projectId)
        files.set('checks/start.check', '# Starts a session\nopen "/"\nclick "Start"\nsee "minutes"\n')
        files.set('checks/week.check', '# Shows the week\nopen "/"\nclick "Week"\nsee "Monday"\n')
        files.set('checks/torn.check', 'open "/"\n')
      }, id),
    )
    await page.click('text=Run now')
    await page.waitForTimeout(800)
  },
  findings: async (page) => {
    await enter(page, '?view=preview&panel=findings', (id) =>
      page.evaluate((projectId) => {
        globalThis.mockDb.projects.get(projectId).findings = [
          [
            'api-key',
            'secret',
            'critical',
            'src/lib/config.ts',
            3,
            'A key of OpenAI is in the code.',
            'Move it to the server and make a new one: this one has been seen.',
          ],
          [
            'inner-html',
            'security',
            'warning',
            'src/App.tsx',
            12,
            'innerHTML is set from a variable.',
            'Use textContent.',
          ],
          [
            'label',
            'accessibility',
            'note',
            'src/components/SettingsPanel.tsx',
            48,
            'A field has no label.',
            'Give it one.',
          ],
        ].map(([rule, topic, level, path, line, message, remedy]) => ({
          rule,
          topic,
          level,
          path,
          line,
          message,
          remedy,
        }))
      }, id),
    )
    await page.waitForSelector('text=Publishing has to wait')
    await page.waitForTimeout(500)
  },
  waiting: async (page) => {
    await enter(page)
    await say(page, 'I am unsure', 400)
    await done(page)
    await page.waitForTimeout(500)
    await page.click('text=Look at it')
    await page.waitForSelector('[aria-label="Changes that wait"]')
    await page.waitForTimeout(600)
  },
  versions: async (page) => {
    await enter(page, '?view=versions', (id) =>
      page.evaluate((projectId) => {
        const db = globalThis.mockDb
        const state = db.projects.get(projectId)
        const css = state.files.get('src/styles.css').replace('#14161f', '#101828')
        state.files.set('src/styles.css', css + '\nbutton {\n  border-radius: 999px;\n}\n')
        db.addVersion(state, 'turn', 'Round the buttons and darken the page', true)
        state.files.set('src/lib/export.ts', 'export const csv = () => "a,b"\n')
        db.addVersion(state, 'edit', 'Edit src/lib/export.ts', false)
      }, id),
    )
    await page.click('text=Round the buttons')
    await page.waitForTimeout(300)
  },
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const audit = async (page, label) => {
  await page.evaluate(axe)
  const found = await page.evaluate(() =>
    globalThis.axe.run({ exclude: ['.cm-scroller'] }, { iframes: false }),
  )
  for (const { id, help, nodes } of found.violations) {
    console.log(
      `${label}: axe ${id}: ${help}: ${nodes
        .map((n) => n.target.join(' '))
        .slice(0, 3)
        .join(' | ')}`,
    )
  }
}

const sizes = { 390: 844, 1024: 768, 1440: 900 }
await mkdir(OUT, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
for (const [name, run] of Object.entries(scenes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const theme of ['light', 'dark']) {
    for (const [width, height] of Object.entries(sizes)) {
      if (process.env.LOOK_ONLY && !process.env.LOOK_ONLY.split(',').includes(`${theme}-${width}`)) continue
      const context = await browser.newContext({
        viewport: { width: Number(width), height },
        colorScheme: theme,
      })
      const page = await context.newPage()
      page.on(
        'console',
        (m) =>
          ['error', 'warning'].includes(m.type()) && console.log(`${name} ${theme} ${width}: ${m.text()}`),
      )
      page.on('pageerror', (e) => console.log(`${name} ${theme} ${width}: ${e.message}`))
      try {
        await run(page)
        await page.screenshot({ path: `${OUT}/${name}-${theme}-${width}.png` })
        await audit(page, `${name} ${theme} ${width}`)
      } catch (error) {
        console.log(`${name} ${theme} ${width}: ${error.message.split('\n')[0]}`)
        await page.screenshot({ path: `${OUT}/${name}-${theme}-${width}.png` })
      }
      await context.close()
    }
  }
}
await browser.close()
