/** `cargo xtask check pages`: wapiti on the app's pages and on what its API takes in a query. It may find nothing. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, exit } from 'node:process'

import { run } from './run.js'
import { target } from './server.js'

const PYTHON = env.QUICKVIBE_PYTHON_BIN ?? ''
/** What wapiti attacks with; `csp`, `cookieflags` and `http_headers` judge the answers. */
const MODULES = 'backup,cookieflags,crlf,csp,exec,file,http_headers,methods,redirect,sql,ssrf,timesql,xss,xxe'
/** A single-page app has no links that a crawler without a browser would find, so it is told where to look. */
const STARTS = ['/projects', '/login', '/docs/errors', '/api/projects?limit=5&q=a', '/api/usage?days=7']
/** Wapiti asks for the flag by its category; over plain HTTP there is no Secure to set. */
const OF_PLAIN_HTTP = new Set(['Secure Flag cookie', 'HTTP Strict Transport Security (HSTS)'])

interface Report {
  vulnerabilities: Record<string, { path: string; info: string }[]>
  anomalies: Record<string, { path: string; info: string }[]>
}

const { server, headers } = await target()
const scratch = await mkdtemp(join(tmpdir(), 'quickvibe-wapiti-'))
const findings: string[] = []
try {
  const report = join(scratch, 'report.json')
  const args = ['--url', `${server.url}/`, '--module', MODULES, '--scope', 'url', '--flush-session']
  args.push('--format', 'json', '--output', report, '--max-scan-time', '600', '--store-session', scratch)
  for (const path of STARTS) args.push('--start', server.url + path)
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`)
  const { code } = await run(join(PYTHON, 'wapiti'), args)
  if (code !== 0) findings.push(`wapiti ended with ${code}`)
  const { vulnerabilities, anomalies } = JSON.parse(await readFile(report, 'utf8')) as Report
  for (const [kind, found] of Object.entries({ ...vulnerabilities, ...anomalies }))
    if (!OF_PLAIN_HTTP.has(kind))
      for (const { path, info } of found) findings.push(`${kind}: ${path}: ${info}`)
} finally {
  await server.stop()
  await rm(scratch, { recursive: true, force: true })
}
for (const finding of findings) process.stdout.write(`${finding}\n`)
process.stdout.write(`pages: ${findings.length} findings\n`)
exit(findings.length === 0 ? 0 : 1)
