// Drives the stand-in for Daytona by the vendor's own, unmodified client. Whatever the stand-in gets wrong shows here.
//
// node sdk.mjs FAKE: the path of the `fake-daytona` binary.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

import { Daytona } from '@daytonaio/sdk'

const fake = spawn(process.argv[2], { stdio: ['ignore', 'pipe', 'inherit'] })
const [line] = await once(createInterface({ input: fake.stdout }), 'line')
const { url, key } = JSON.parse(line)
const client = (apiKey) =>
  new Daytona({ apiKey, apiUrl: url, target: 'eu', useDeprecatedPolling: true })

/** Asserts that a call fails, with this class of the client's and this status. */
const fails = async (call, name, status) => {
  const error = await call().then(
    () => assert.fail(`${name} was expected`),
    (error) => error,
  )
  const names = []
  for (let kind = Object.getPrototypeOf(error); kind; kind = Object.getPrototypeOf(kind)) {
    names.push(kind.constructor.name)
  }
  assert.ok(names.includes(name), `${names[0]} is no ${name}: ${error.message}`)
  assert.equal(error.statusCode, status)
  return error
}

const steps = {
  async 'creates, finds and lists'() {
    const { sandbox } = state
    assert.equal(sandbox.state, 'started')
    assert.equal((await state.daytona.get(sandbox.name)).id, sandbox.id)
    const listed = []
    for await (const one of state.daytona.list({ labels: { a: '1' } })) listed.push(one.id)
    assert.deepEqual(listed, [sandbox.id])
  },

  async 'uploads, lists, downloads and removes files'() {
    const { fs } = state.sandbox
    const home = await state.sandbox.getWorkDir()
    const uploads = ['a.txt', 'src/b.bin'].map((name) => ({
      source: Buffer.from(`content of ${name}\0`),
      destination: `${home}/${name}`,
    }))
    await fs.uploadFiles(uploads)
    const names = (await fs.listFiles(home)).map((file) => [file.name, file.isDir])
    assert.deepEqual(names.sort(), [['a.txt', false], ['src', true]])
    assert.equal(String(await fs.downloadFile(`${home}/src/b.bin`)), 'content of src/b.bin\0')
    await assert.rejects(fs.downloadFile(`${home}/none`))
    await fs.deleteFile(`${home}/a.txt`)
    await fails(() => fs.deleteFile(`${home}/a.txt`), 'DaytonaNotFoundError', 404)
    await fs.createFolder(`${home}/made`, '755')
    assert.equal((await fs.listFiles(`${home}/made`)).length, 0)
  },

  async 'executes commands'() {
    const { process } = state.sandbox
    const done = await process.executeCommand('echo $A $B; exit 3', undefined, { B: 'two' })
    assert.deepEqual([done.exitCode, done.result], [3, 'one two\n'])
    await assert.rejects(process.executeCommand('sleep 5', undefined, {}, 1))
  },

  async 'runs commands in sessions, and follows their logs'() {
    const { process } = state.sandbox
    await process.createSession('s')
    await fails(() => process.createSession('s'), 'DaytonaConflictError', 409)
    const whole = await process.executeSessionCommand('s', { command: 'echo out; echo err >&2' })
    assert.deepEqual([whole.stdout, whole.stderr, whole.exitCode], ['out\n', 'err\n', 0])
    const script = 'echo first; echo bad >&2; read line; echo "got $line"; exit 5'
    const { cmdId } = await process.executeSessionCommand('s', { command: script, runAsync: true })
    assert.equal((await process.getSessionCommand('s', cmdId)).exitCode ?? null, null)
    let [out, err] = ['', '']
    const followed = process.getSessionCommandLogs(
      's',
      cmdId,
      (chunk) => (out += chunk),
      (chunk) => (err += chunk),
    )
    await process.sendSessionCommandInput('s', cmdId, 'hello')
    await followed
    assert.equal(out.replace('hello\n', ''), 'first\ngot hello\n')
    assert.equal(err, 'bad\n')
    assert.equal((await process.getSessionCommand('s', cmdId)).exitCode, 5)
    const logs = await process.getSessionCommandLogs('s', cmdId)
    assert.equal(logs.stderr, 'bad\n')
    assert.equal((await process.listSessions()).length, 1)
    await process.deleteSession('s')
    await fails(() => process.getSession('s'), 'DaytonaNotFoundError', 404)
  },

  async 'connects to terminals'() {
    const { process, id } = state.sandbox
    const toolbox = `${url.replace(/\/api$/, '/toolbox')}/${id}/process/pty`
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ id: 't', cols: 70, rows: 20 })
    assert.equal((await fetch(toolbox, { method: 'POST', headers, body })).status, 201)
    let text = ''
    const terminal = await process.connectPty('t', {
      onData: (data) => {
        text += new TextDecoder().decode(data)
      },
    })
    await process.resizePtySession('t', 75, 21)
    await terminal.sendInput('stty size; exit 4\n')
    const ended = await terminal.wait()
    assert.equal(ended.exitCode, 4)
    assert.match(text, /21 75/)
  },

  async 'shows what listens on a port to who has the token'() {
    const app = createServer((request, response) => response.end(`hello ${request.url}`))
    let port = 3100
    const listen = () => once(app.listen(port, '127.0.0.1'), 'listening')
    while (!(await listen().then(() => true, () => false))) port += 1
    const preview = await state.sandbox.getPreviewLink(port)
    const headers = { 'x-daytona-preview-token': preview.token }
    const shown = await fetch(`${preview.url}/x`, { headers })
    assert.equal(await shown.text(), 'hello /x')
    assert.equal((await fetch(preview.url)).status, 401)
    app.close()
    app.closeAllConnections()
    assert.equal((await fetch(preview.url, { headers })).status, 502)
  },

  async 'refuses what is too much, in its own words'() {
    const image = 'debian:12'
    const over = await fails(
      () => state.daytona.create({ image, resources: { cpu: 4, memory: 8, disk: 10 } }),
      'DaytonaBadRequestError',
      400,
    )
    assert.match(over.message, /^Total memory limit exceeded/)
    const large = () => state.daytona.create({ image, resources: { memory: 64 } })
    const never = await fails(large, 'DaytonaBadRequestError', 400)
    assert.match(never.message, /exceeds maximum allowed per sandbox/)
    const again = () => state.daytona.create({ name: state.sandbox.name })
    await fails(again, 'DaytonaConflictError', 409)
  },

  async 'refuses a wrong key'() {
    await fails(() => client('dtn_wrong').get(state.sandbox.id), 'DaytonaAuthenticationError', 401)
  },

  async 'stops and starts, keeping files'() {
    const { sandbox } = state
    await sandbox.stop()
    assert.equal(sandbox.state, 'stopped')
    await assert.rejects(sandbox.process.executeCommand('true'))
    await sandbox.start()
    const { result } = await sandbox.process.executeCommand('ls')
    assert.equal(result, 'made\nsrc\n')
  },

  async 'deletes'() {
    await state.sandbox.delete()
    const { id } = state.sandbox
    await fails(() => state.daytona.get(id), 'DaytonaNotFoundError', 404)
  },
}

const state = { daytona: client(key) }
let failed = 0
try {
  const resources = { cpu: 2, memory: 4, disk: 5 }
  const sized = { image: 'debian:12', resources, labels: { a: '1' }, envVars: { A: 'one' } }
  state.sandbox = await state.daytona.create(sized)
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
      console.log(`ok: ${name}`)
    } catch (error) {
      failed += 1
      console.error(`FAILED: ${name}\n`, error)
    }
  }
} finally {
  fake.kill('SIGINT')
}
console.log(`sdk: ${Object.keys(steps).length - failed} of ${Object.keys(steps).length}`)
process.exit(failed > 0 ? 1 : 0)
