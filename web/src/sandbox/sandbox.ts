/** A project's files by path; text, or bytes of what is no text. */
export type SandboxFiles = ReadonlyMap<string, string | Uint8Array>

export interface ExecOptions {
  /** What the command writes, with the terminal's colour codes, in order. */
  onOutput: (text: string) => void
  /** Ends the command. */
  signal?: AbortSignal
}

/** A place in this browser that runs commands on a project's files. */
export interface Sandbox {
  /** Puts all files there at once. */
  mount: (files: SandboxFiles) => Promise<void>
  /** Writes one file, and the folders that it needs. */
  write: (path: string, content: string | Uint8Array) => Promise<void>
  remove: (path: string) => Promise<void>
  /** Runs a command to its end. Answers its exit code. */
  exec: (command: readonly string[], options: ExecOptions) => Promise<number>
  /** Starts a server. Answers where it is reached, as soon as it listens. */
  serve: (command: readonly string[], options: ExecOptions) => Promise<{ url: string }>
  /** Ends everything in it and frees what it took. */
  stop: () => void
}

/** What did not work, in words that may be shown. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
}
