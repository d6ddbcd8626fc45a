import type { WebContainer } from '@webcontainer/api'

import { SandboxError, type ExecOptions, type Sandbox } from './sandbox'
import { partsOf, treeOf } from './tree'

/** What is used of the vendor's runtime: tests stand in for this. */
export type Container = Pick<WebContainer, 'mount' | 'spawn' | 'on' | 'teardown'> & {
  fs: Pick<WebContainer['fs'], 'writeFile' | 'mkdir' | 'rm'>
}

/** Loads the vendor's runtime and starts it; nothing of it is loaded before. */
export type Boot = () => Promise<Container>

const bootVendor: Boot = async () => {
  const { WebContainer } = await import('@webcontainer/api')
  return WebContainer.boot({ coep: 'require-corp' })
}

const SERVE_MS = 120_000
const BOOT_MS = 60_000
const LAST_WORDS_MS = 500

interface Options {
  boot?: Boot
  /** Whether this page is cut off from others, as the runtime needs it. */
  isolated?: boolean
  serveMs?: number
  bootMs?: number
}

/** A WebContainer as a sandbox. A page can have one at a time. */
export async function startWebcontainer(options: Options = {}): Promise<Sandbox> {
  const {
    boot = bootVendor,
    isolated = globalThis.crossOriginIsolated,
    serveMs = SERVE_MS,
    bootMs = BOOT_MS,
  } = options
  if (!isolated) {
    throw new SandboxError(
      'This page is not cut off from others, which WebContainer needs. Open it over HTTPS or on localhost, in a browser that allows it.',
    )
  }
  const container = await within(
    boot(),
    bootMs,
    'WebContainer did not start. It loads from stackblitz.com: look whether this browser reaches it.',
    // One that comes too late is not left running.
    (late) => late.teardown(),
  )
  return new WebcontainerSandbox(container, serveMs)
}

class WebcontainerSandbox implements Sandbox {
  readonly #container: Container
  readonly #serveMs: number
  readonly #running = new Set<{ kill: () => void }>()
  #stopped = false

  constructor(container: Container, serveMs: number) {
    this.#container = container
    this.#serveMs = serveMs
  }

  mount: Sandbox['mount'] = (files) => this.#container.mount(treeOf(files))

  write: Sandbox['write'] = async (path, content) => {
    const folders = partsOf(path).slice(0, -1)
    if (folders.length > 0) await this.#container.fs.mkdir(folders.join('/'), { recursive: true })
    await this.#container.fs.writeFile(path, content)
  }

  remove: Sandbox['remove'] = (path) => {
    partsOf(path)
    return this.#container.fs.rm(path, { force: true, recursive: true })
  }

  exec: Sandbox['exec'] = async (command, options) => (await this.#spawn(command, options)).exit

  serve: Sandbox['serve'] = async (command, options) => {
    let unsubscribe: () => void = () => undefined
    // Listens before anything runs: a fast server is not missed.
    const ready = new Promise<string>((resolve) => {
      unsubscribe = this.#container.on('server-ready', (_port, url) => resolve(url))
    })
    try {
      const { exit } = await this.#spawn(command, options)
      const ended = exit.then((code): never => {
        throw new SandboxError(`${command.join(' ')} ended with ${code} before anything could be reached.`)
      })
      const url = await within(
        Promise.race([ready, ended]),
        this.#serveMs,
        `${command.join(' ')} does not listen on a port after ${Math.round(this.#serveMs / 1_000)} s.`,
      )
      return { url }
    } finally {
      unsubscribe()
    }
  }

  stop: Sandbox['stop'] = () => {
    if (this.#stopped) return
    this.#stopped = true
    for (const process of this.#running) process.kill()
    this.#running.clear()
    this.#container.teardown()
  }

  async #spawn([program = '', ...rest]: readonly string[], { onOutput, signal }: ExecOptions) {
    if (this.#stopped) throw new SandboxError('The sandbox is stopped.')
    signal?.throwIfAborted()
    const process = await this.#container.spawn(program, [...rest])
    this.#running.add(process)
    const kill = () => process.kill()
    signal?.addEventListener('abort', kill)
    const said = process.output
      .pipeTo(new WritableStream<string>({ write: (text) => onOutput(text) }))
      // Output ends with its process, in whatever way that ends.
      .catch(() => undefined)
    const exit = process.exit.then(async (code) => {
      // The last words come first; some processes leave their output open.
      await Promise.race([said, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))])
      return code
    })
    const done = () => {
      this.#running.delete(process)
      signal?.removeEventListener('abort', kill)
    }
    exit.then(done, done)
    return { exit }
  }
}

/** A promise that is kept in time; what comes later is given to `late`. */
async function within<T>(
  promise: Promise<T>,
  ms: number,
  words: string,
  late?: (value: T) => void,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over = true
      reject(new SandboxError(words))
    }, ms)
  })
  promise.then((value) => over && late?.(value)).catch(() => undefined)
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
