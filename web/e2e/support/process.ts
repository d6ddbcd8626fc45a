import { type ChildProcess, spawn } from 'node:child_process'

/** A program that was started, with what it said so far. */
export class Program {
  private said = ''
  private readonly ended: Promise<number | null>

  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
  ) {
    const hear = (bytes: Buffer) => (this.said += bytes.toString('utf8'))
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    this.ended = new Promise((resolve) => child.once('exit', resolve))
  }

  static start(path: string, args: string[], env: Record<string, string>, input?: string): Program {
    const child = spawn(path, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const program = new Program(child, path)
    child.once('error', (error) => (program.said += `cannot be started: ${error.message}`))
    child.stdin.end(input ?? '')
    return program
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start\n${this.said}`)
    return this.child.pid
  }

  /** Everything that it printed. */
  get output(): string {
    return this.said
  }

  /** Waits until what it printed fits, and answers the match. */
  async prints(pattern: RegExp, withinMs = 30_000): Promise<RegExpExecArray> {
    const end = Date.now() + withinMs
    for (;;) {
      const found = pattern.exec(this.said)
      if (found) return found
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended too early\n${this.said}`)
      if (Date.now() > end) throw new Error(`${this.name} did not print ${String(pattern)}\n${this.said}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Asks it to end; after ten seconds it has no choice. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
    await this.ended
    clearTimeout(timer)
  }
}
