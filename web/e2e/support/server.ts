import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { binary, cleanEnvironment } from './environment.js'
import { Program } from './process.js'

/** A QuickVibe of its own on a free port, with a data folder of its own. */
export class Server {
  private constructor(
    private readonly program: Program,
    readonly data: string,
    readonly port: number,
    /** The one-time link that makes the owner; the plain address when there is one already. */
    readonly link: string,
    private readonly ownsData: boolean,
  ) {}

  static async start(options: { env?: Record<string, string>; data?: string } = {}): Promise<Server> {
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'quickvibe-e2e-')))
    const program = Program.start(
      binary('quickvibe'),
      ['serve', '--port', '0', '--data', data],
      cleanEnvironment(options.env),
    )
    const [, link, port] = await program.prints(/Open {2}(http:\/\/localhost:(\d+)\/\S*)/)
    return new Server(program, data, Number(port), link ?? '', options.data === undefined)
  }

  get pid(): number {
    return this.program.pid
  }

  /** Where people open it: previews have origins of their own. */
  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** Where a machine of the network would open it: previews have none. */
  get addressUrl(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get token(): string {
    return new URL(this.link).hash.replace('#token=', '')
  }

  get log(): string {
    return this.program.output
  }

  async stop(): Promise<void> {
    await this.program.stop()
    if (this.ownsData) await rm(this.data, { recursive: true, force: true })
  }
}
