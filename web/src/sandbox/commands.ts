import { SandboxError } from './sandbox'

/** How an app is made to run. */
export interface Commands {
  install: readonly string[] | null
  serve: readonly string[]
}

/** What package.json says about running the app: its development server, else what it starts by. */
export function commandsOf(manifest: string | undefined): Commands {
  if (manifest === undefined) {
    throw new SandboxError(
      'There is no package.json. WebContainer runs Node.js apps; this one runs in the preview.',
    )
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(manifest)
  } catch {
    throw new SandboxError('package.json cannot be read. Mend it in the code, or ask the agent to.')
  }
  const scripts = record(record(parsed).scripts)
  const script = ['dev', 'start', 'preview'].find((name) => typeof scripts[name] === 'string')
  if (script === undefined) {
    throw new SandboxError('package.json has no script "dev" or "start", so there is nothing to run.')
  }
  const { dependencies, devDependencies } = record(parsed)
  const needs = Object.keys(record(dependencies)).length + Object.keys(record(devDependencies)).length
  return {
    install: needs === 0 ? null : ['npm', 'install', '--no-audit', '--no-fund'],
    serve: ['npm', 'run', script],
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
