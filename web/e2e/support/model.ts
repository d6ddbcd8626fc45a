import { binary, cleanEnvironment } from './environment.js'
import { Program } from './process.js'

/** One answer; `crates/testkit/src/model_server/reply.rs` says everything that it can be. */
export interface Reply {
  text?: string
  /** Another status than 200, with `body`. */
  status?: number
  body?: string
  /** Characters of text in one event. */
  delta_chars?: number
  cut?: 'events' | 'whole' | { bytes: number }
  /** Milliseconds between two writes. */
  between_ms?: number
  /** Holds the answer after so many characters until `release`. */
  hold_after?: number
  /** Why the model stops: `end_turn` unless this says `max_tokens` or another. */
  stop?: string
  /** How the answer ends: `abort` breaks the connection off. */
  ending?: 'complete' | 'close' | 'abort' | 'silence'
  usage?: { input: number; output: number }
}

export interface Script {
  /** Its names; one that is known to write edits also reviews and tests. */
  models?: string[]
  rules: { when?: string; system?: string; replies: Reply[]; repeat?: boolean }[]
}

/** A request that the model server got. */
export interface Recorded {
  last_user: string
  system: string
  outcome: 'open' | 'said' | 'disconnected'
}

interface Control {
  requests: Recorded[]
  violations: string[]
  unused: number
  held: number
}

/** `scripted-model` as a process: an OpenAI-compatible server that says what a test wants. */
export class ScriptedModel {
  private constructor(
    private readonly program: Program,
    private readonly port: number,
  ) {}

  static async start(script: Script): Promise<ScriptedModel> {
    const program = Program.start(binary('scripted-model'), ['-'], cleanEnvironment(), JSON.stringify(script))
    const [, port] = await program.prints(/^(\d+)\n/)
    return new ScriptedModel(program, Number(port))
  }

  /** What connects a server to it. */
  get env(): Record<string, string> {
    return {
      QUICKVIBE_CUSTOM_BASE_URL: `http://127.0.0.1:${this.port}/v1`,
      QUICKVIBE_CUSTOM_API_KEY: 'sk-scripted-0123456789',
    }
  }

  async state(): Promise<Control> {
    const response = await fetch(`http://127.0.0.1:${this.port}/control/requests`)
    return (await response.json()) as Control
  }

  async release(): Promise<void> {
    await fetch(`http://127.0.0.1:${this.port}/control/release`, { method: 'POST' })
  }

  /** Waits until an answer is held in its middle. */
  async held(): Promise<void> {
    await this.until((state) => state.held > 0, 'an answer is held')
  }

  async until(reached: (state: Control) => boolean, what: string): Promise<Control> {
    const end = Date.now() + 20_000
    for (;;) {
      const state = await this.state()
      if (reached(state)) return state
      if (Date.now() > end) throw new Error(`not in 20 s: ${what}\n${JSON.stringify(state, null, 1)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  stop(): Promise<void> {
    return this.program.stop()
  }
}
