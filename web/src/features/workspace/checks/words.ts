import { type SmokeCheckState, type SmokeResult } from '@/api/generated/wire'

/** The most that are carried out: a server's own limit. */
export const MOST_CHECKS = 8

/** Where a check of this name is kept; `null` where the name has no letter or digit. As the server names them. */
export function pathForCheck(name: string): string | null {
  const slug = Array.from(name)
    .slice(0, 80)
    .map((char) => (/[a-z0-9]/i.test(char) ? char.toLowerCase() : '-'))
    .join('')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '')
  return slug === '' ? null : `checks/${slug}.check`
}

/** A check to begin with: it holds for any app that opens. */
export const templateOf = (name: string): string =>
  `# ${name}\n# Steps: open, press, fill "label" with "text", choose "option" in "list", key, see, don't see.\nopen "/"\n`

/** A message to the agent about checks that do not hold. */
export function brokenPrompt(results: readonly SmokeResult[]): string {
  const lines = results.map(({ path, name, message }) => `- ${name} (${path}): ${message}`)
  return `${lines.length === 1 ? 'A check does' : 'Checks do'} not hold any more. Please mend the app, not the ${lines.length === 1 ? 'check' : 'checks'}:\n\n${lines.join('\n')}`
}

export const TESTS_PROMPT =
  'Write tests for this app and run them. Use Vitest for logic and components, and Playwright for what a person does in the browser, whichever fits. Cover the main paths, keep them short, and add the script that runs them to package.json.'

/** What is the case with a check: it cannot be read, was not carried out, holds, or does not. */
export type CheckStanding = 'fault' | 'new' | 'ok' | 'failed'

export function standingOf({ fault, last }: SmokeCheckState): CheckStanding {
  if (fault !== null) return 'fault'
  if (last === null) return 'new'
  return last.ok ? 'ok' : 'failed'
}
