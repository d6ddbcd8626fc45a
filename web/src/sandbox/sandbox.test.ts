import { type WebContainerProcess } from '@webcontainer/api'
import { describe, expect, test, vi } from 'vitest'

import { commandsOf } from './commands'
import { treeOf } from './tree'
import { startWebcontainer, type Container } from './webcontainer'

describe('the tree of files', () => {
  test('has a folder for each part of a path', () => {
    const bytes = new Uint8Array([1, 2])
    const tree = treeOf(
      new Map<string, string | Uint8Array>([
        ['package.json', '{}'],
        ['src/a.ts', 'a'],
        ['src/img/x.png', bytes],
      ]),
    )
    expect(JSON.parse(JSON.stringify(tree))).toEqual({
      'package.json': { file: { contents: '{}' } },
      src: {
        directory: {
          'a.ts': { file: { contents: 'a' } },
          img: { directory: { 'x.png': { file: { contents: { 0: 1, 1: 2 } } } } },
        },
      },
    })
  })

  test('files may be called what they like', () => {
    const tree = treeOf(
      new Map([
        ['__proto__', 'a'],
        ['constructor/prototype', 'b'],
      ]),
    )
    expect(Object.keys(tree)).toEqual(['__proto__', 'constructor'])
    expect({}).not.toHaveProperty('file')
  })

  test.each(['../x', '/etc/passwd', 'a//b', 'a/./b', 'a\\b', ''])('%j is no path of a project', (path) =>
    expect(() => treeOf(new Map([[path, 'x']]))).toThrow('is no path of a project'),
  )

  test('a file is no folder', () => {
    expect(() =>
      treeOf(
        new Map([
          ['a', '1'],
          ['a/b', '2'],
        ]),
      ),
    ).toThrow('a/b lies in a file')
    expect(() =>
      treeOf(
        new Map([
          ['a/b', '2'],
          ['a', '1'],
        ]),
      ),
    ).toThrow('a is a folder, too')
  })
})

describe('how an app runs', () => {
  test('its development server first, else what it starts by', () => {
    const scripts = { start: 'node s.js', dev: 'vite' }
    expect(commandsOf(JSON.stringify({ scripts, devDependencies: { vite: '8' } }))).toEqual({
      install: ['npm', 'install', '--no-audit', '--no-fund'],
      serve: ['npm', 'run', 'dev'],
    })
    expect(commandsOf('{"scripts":{"start":"node s.js"}}')).toEqual({
      install: null,
      serve: ['npm', 'run', 'start'],
    })
  })

  test.each([
    [undefined, /no package\.json/],
    ['{', /cannot be read/],
    ['[]', /no script/],
    ['{"scripts":{"dev":3}}', /no script/],
  ])('%j cannot', (manifest, words) => expect(() => commandsOf(manifest)).toThrow(words))
})

/** A runtime whose processes end when the test says so. */
function fake() {
  const processes: {
    command: string[]
    exit: (code: number) => void
    say: (text: string) => void
    killed: boolean
  }[] = []
  const ready = new Set<(port: number, url: string) => void>()
  const container = {
    mount: vi.fn<Container['mount']>(() => Promise.resolve()),
    teardown: vi.fn<Container['teardown']>(),
    fs: {
      mkdir: vi.fn(() => Promise.resolve('')),
      writeFile: vi.fn(() => Promise.resolve()),
      rm: vi.fn(() => Promise.resolve()),
    },
    on: (event: string, listener: never) => {
      expect(event).toBe('server-ready')
      ready.add(listener)
      return () => ready.delete(listener)
    },
    spawn: (program: string, args: string[]): Promise<WebContainerProcess> => {
      let output: ReadableStreamDefaultController<string> | undefined
      let exit: (code: number) => void = () => undefined
      const ended = new Promise<number>((resolve) => (exit = resolve))
      const entry = {
        command: [program, ...args],
        killed: false,
        say: (text: string) => output?.enqueue(text),
        exit: (code: number) => {
          output?.close()
          exit(code)
        },
      }
      processes.push(entry)
      return Promise.resolve({
        exit: ended,
        input: new WritableStream<string>(),
        output: new ReadableStream<string>({ start: (controller) => void (output = controller) }),
        kill: () => {
          entry.killed = true
          entry.exit(143)
        },
        resize: () => undefined,
      })
    },
  }
  const listens = (url: string) => ready.forEach((listener) => listener(3_000, url))
  return {
    container,
    processes,
    listens,
    ready,
    boot: () => Promise.resolve(container as unknown as Container),
  }
}

const output = (seen: string[]) => ({ onOutput: (text: string) => void seen.push(text) })
const spawned = (processes: unknown[], count: number) =>
  vi.waitFor(() => expect(processes).toHaveLength(count))

describe('WebContainer as a sandbox', () => {
  test('mounts, writes, runs a command and tells its last words before its end', async () => {
    const { boot, container, processes } = fake()
    const sandbox = await startWebcontainer({ boot, isolated: true })
    await sandbox.mount(new Map([['a.txt', 'x']]))
    expect(container.mount).toHaveBeenCalledOnce()
    await sandbox.write('src/deep/b.ts', 'b')
    expect(container.fs.mkdir).toHaveBeenCalledWith('src/deep', { recursive: true })
    expect(container.fs.writeFile).toHaveBeenCalledWith('src/deep/b.ts', 'b')
    await expect(sandbox.write('../b.ts', 'b')).rejects.toThrow('no path of a project')
    const seen: string[] = []
    const exit = sandbox.exec(['npm', 'install'], output(seen))
    await spawned(processes, 1)
    processes[0]?.say('added 66 packages')
    processes[0]?.exit(0)
    expect(await exit).toBe(0)
    expect(processes[0]?.command).toEqual(['npm', 'install'])
    expect(seen).toEqual(['added 66 packages'])
  })

  test('a server is reached as soon as it listens, and ends with the sandbox', async () => {
    const { boot, processes, listens, ready, container } = fake()
    const sandbox = await startWebcontainer({ boot, isolated: true })
    const served = sandbox.serve(['npm', 'run', 'dev'], output([]))
    await spawned(processes, 1)
    listens('https://x.webcontainer-api.io')
    expect(await served).toEqual({ url: 'https://x.webcontainer-api.io' })
    expect(ready.size).toBe(0)
    sandbox.stop()
    sandbox.stop()
    expect(processes[0]?.killed).toBe(true)
    expect(container.teardown).toHaveBeenCalledOnce()
    await expect(sandbox.exec(['ls'], output([]))).rejects.toThrow('stopped')
  })

  test('a server that ends, or that never listens, is told', async () => {
    const { boot, processes, ready } = fake()
    const sandbox = await startWebcontainer({ boot, isolated: true, serveMs: 1_000 })
    const ends = sandbox.serve(['npm', 'run', 'dev'], output([]))
    await spawned(processes, 1)
    processes[0]?.exit(1)
    await expect(ends).rejects.toThrow('npm run dev ended with 1 before anything could be reached.')
    await expect(sandbox.serve(['sleep'], output([]))).rejects.toThrow(
      'sleep does not listen on a port after 1 s.',
    )
    expect(ready.size).toBe(0)
  })

  test('a command is ended from outside', async () => {
    const { boot, processes } = fake()
    const sandbox = await startWebcontainer({ boot, isolated: true })
    const stop = new AbortController()
    const exit = sandbox.exec(['sleep', '9'], { ...output([]), signal: stop.signal })
    await spawned(processes, 1)
    stop.abort()
    expect(await exit).toBe(143)
    await expect(sandbox.exec(['ls'], { ...output([]), signal: stop.signal })).rejects.toThrow()
  })

  test('is not even loaded on a page that is not cut off', async () => {
    const boot = vi.fn()
    await expect(startWebcontainer({ boot, isolated: false })).rejects.toThrow('not cut off from others')
    expect(boot).not.toHaveBeenCalled()
  })

  test('one that does not start is given up, and one that comes too late is not left running', async () => {
    const { container } = fake()
    let come: (container: Container) => void = () => undefined
    const boot = () => new Promise<Container>((resolve) => (come = resolve))
    await expect(startWebcontainer({ boot, isolated: true, bootMs: 10 })).rejects.toThrow('did not start')
    come(container as unknown as Container)
    await vi.waitFor(() => expect(container.teardown).toHaveBeenCalledOnce())
  })
})
