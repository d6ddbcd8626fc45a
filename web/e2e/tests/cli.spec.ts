import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test as base } from '@playwright/test'

import { binary, cleanEnvironment } from '../support/environment.js'

const test = base.extend<{ folder: string }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright tells fixtures by the names in the pattern.
  folder: async ({}, provide) => {
    const folder = await mkdtemp(join(tmpdir(), 'quickvibe-cli-'))
    await provide(folder)
    await rm(folder, { recursive: true, force: true })
  },
})

function quickvibe(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(binary('quickvibe'), args, { env: cleanEnvironment() }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
  })
}

test('build writes an app without a browser and tells of it in JSON lines', async ({ folder }) => {
  const out = join(folder, 'app')
  const args = ['build', 'a kanban board', '--out', out, '--model', 'starters', '--json']
  const { code, stdout, stderr } = await quickvibe(...args)
  expect(code, stderr).toBe(0)

  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(events[0]).toMatchObject({ type: 'generation_started', seq: 1 })
  expect(events.at(-1)).toMatchObject({ type: 'done', verified: true })
  const files = await readdir(out, { recursive: true, withFileTypes: true })
  expect(files.filter((file) => file.isFile())).toHaveLength(events.at(-1)?.files as number)
  expect(await readFile(join(out, 'index.html'), 'utf8')).toContain('/src/main.tsx')
  expect(await readFile(join(out, 'package.json'), 'utf8')).toContain('"react"')

  const again = await quickvibe(...args)
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('--force')
})

test('doctor finds a fresh installation in good health', async ({ folder }) => {
  const { code, stdout } = await quickvibe('doctor', '--data', folder)
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('starters are built in')
  expect(stdout).not.toContain('BAD')
})
