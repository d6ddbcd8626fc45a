import { spawn } from 'node:child_process'

/** Runs a program with its output shown; answers what it printed and its exit code. */
export function run(
  program: string,
  args: string[],
  cwd?: string,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const hear = (bytes: Buffer) => {
      output += bytes.toString('utf8')
      process.stdout.write(bytes)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => resolve({ code: code ?? 1, output }))
  })
}
