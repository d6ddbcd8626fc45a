/**
 * `cargo xtask check api`: schemathesis sends what fits the API's document, and what does not, to a running server.
 * Every answer must be one that the document tells of, and none 5xx.
 */
import { env, exit } from 'node:process'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { mkdtemp, rm } from 'node:fs/promises'

import { run } from './run.js'
import { target } from './server.js'

const PYTHON = env.QUICKVIBE_PYTHON_BIN ?? ''
const EXAMPLES = process.argv[2] ?? '40'
const SEED = '20261130'
/** What would end the session that everything else is asked with. */
const ENDS_THE_SESSION = '/api/auth/(logout|clear-session|password|setup|login|reauthenticate|sessions/)'
/** Answers that go on for as long as somebody listens, and what browsers send in a type of their own. */
const OTHERWISE = '/events$|/api/csp-reports'

// asvs: 6
export async function schemathesis(): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'quickvibe-schemathesis-'))
  const { server, headers } = await target()
  try {
    const document = `${server.url}/api/openapi.json`
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_headers_conformance',
      'response_schema_conformance',
      'unsupported_method',
      'ignored_auth',
    ]
    const asked = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
    const args = ['run', document, '--url', server.url, ...asked, '--checks', checks.join(',')]
    args.push('--max-examples', EXAMPLES, '--seed', SEED, '--continue-on-failure')
    args.push('--exclude-path-regex', `${ENDS_THE_SESSION}|${OTHERWISE}`)
    args.push('--suppress-health-check', 'all', '--request-timeout', '20')
    const signedIn = await run(join(PYTHON, 'schemathesis'), args, scratch)
    // The same without a session: what anyone may ask, and how everybody else is turned away.
    const strangers = ['run', document, '--url', server.url, '--checks', checks.slice(0, 5).join(',')]
    strangers.push('--max-examples', '10', '--seed', SEED, '--continue-on-failure')
    strangers.push('--exclude-path-regex', OTHERWISE)
    strangers.push('--suppress-health-check', 'all', '--request-timeout', '20')
    const anonymous = await run(join(PYTHON, 'schemathesis'), strangers, scratch)
    const faults = server.log.split('\n').filter((line) => line.includes('ERROR'))
    for (const line of faults) process.stdout.write(`${line}\n`)
    return signedIn.code + anonymous.code + faults.length
  } finally {
    await server.stop()
    await rm(scratch, { recursive: true, force: true })
  }
}

exit((await schemathesis()) === 0 ? 0 : 1)
