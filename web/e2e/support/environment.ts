import { join } from 'node:path'

/** What `cargo xtask` hands over. */
function given(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run this by \`cargo xtask test\`, \`bench\` or \`screenshots\``)
  return value
}

/** The browser to drive. */
export const chromiumPath = (): string => given('QUICKVIBE_CHROMIUM')

/** A program of ours. */
export const binary = (name: 'quickvibe' | 'scripted-model'): string => join(given('QUICKVIBE_BIN_DIR'), name)

/**
 * The environment of a program of ours: nothing of this machine but where programs and scratch space are, so that
 * no key, proxy or setting of whoever runs the tests reaches it. Apps are looked at where a test asks for it.
 */
export function cleanEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG']) {
    const value = process.env[name]
    if (value !== undefined) kept[name] = value
  }
  return { ...kept, QUICKVIBE_OFFLINE: 'true', QUICKVIBE_CHROMIUM: 'off', ...more }
}
