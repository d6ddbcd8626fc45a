/** `cargo xtask check injection`: sqlmap on the parameters and fields that reach the database. It may find nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, exit } from 'node:process'

import { run } from './run.js'
import { target, type Target } from './server.js'

const PYTHON = env.QUICKVIBE_PYTHON_BIN ?? ''
const LEVEL = process.argv[2] ?? '3'

interface Ask {
  path: string
  method?: string
  body?: object
}

/** `*` marks what sqlmap is to try. */
const asks = ({ project, generation }: Target): Ask[] => [
  { path: '/api/projects?limit=10*&cursor=a*&q=b*' },
  { path: `/api/projects/${project}*` },
  { path: `/api/projects/${project}/files/src%2FApp.tsx*` },
  { path: `/api/projects/${project}/messages?limit=5*&cursor=a*` },
  { path: `/api/projects/${project}/versions?limit=5*&cursor=a*` },
  { path: `/api/projects/${project}/versions/1*` },
  { path: `/api/generations/${generation}*` },
  { path: '/api/usage?days=30*' },
  { path: '/api/admin/dead-letters?limit=5*' },
  { path: '/api/admin/audit?action=sign_in*&user=a*&from=2026-01-01*&until=2026-01-02*&cursor=a*' },
  { path: '/api/admin/users?q=a*&cursor=a*' },
  { path: '/api/auth/login', method: 'POST', body: { email: 'ada@example.org*', password: 'x*' } },
  { path: `/api/projects/${project}`, method: 'PATCH', body: { name: 'Ada*' } },
  { path: '/api/account', method: 'PATCH', body: { name: 'Ada*' } },
]

// asvs: 2
export async function sqlmap(found: Target): Promise<string[]> {
  const findings: string[] = []
  for (const { path, method = 'GET', body } of asks(found)) {
    const scratch = await mkdtemp(join(tmpdir(), 'quickvibe-sqlmap-'))
    const headers = Object.entries(found.headers).map(([name, value]) => `${name}: ${value}`)
    if (body) headers.push('Content-Type: application/json')
    const args = ['--url', found.server.url + path, '--method', method, '--headers', headers.join('\n')]
    if (body) args.push('--data', JSON.stringify(body))
    args.push('--level', LEVEL, '--risk', '2', '--technique', 'BEUSQ', '--batch', '--flush-session')
    args.push('--output-dir', scratch, '--skip', 'Cookie,User-Agent,Referer,Host', '--ignore-code', '*')
    args.push('--threads', '4', '--disable-coloring')
    const { output } = await run(join(PYTHON, 'sqlmap'), args)
    await rm(scratch, { recursive: true, force: true })
    // Its verdict, after it has looked whether what "appears to be injectable" is: each answer has another request id.
    if (/is vulnerable|identified the following injection point/.test(output))
      findings.push(`sqlmap: ${method} ${path}`)
    if (!/do(es)? not (seem|appear) to be|not injectable/i.test(output))
      findings.push(`sqlmap did not test ${method} ${path}`)
  }
  return findings
}

const found = await target()
const findings: string[] = []
try {
  findings.push(...(await sqlmap(found)))
} finally {
  await found.server.stop()
}
for (const finding of findings) process.stdout.write(`${finding}\n`)
process.stdout.write(`injection: ${findings.length} findings\n`)
exit(findings.length === 0 ? 0 : 1)
