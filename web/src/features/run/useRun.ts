import { useQuery } from '@tanstack/react-query'
import { useEffect, useReducer, useRef, useState } from 'react'

import { messageOf } from '@/api/error'
import { filesQuery } from '@/api/files'
import { type FileList, type OutputSource } from '@/api/generated/wire'
import { addParts, emptyServerLog, type ServerLog } from '@/components/log/serverLog'
import { commandsOf } from '@/sandbox/commands'
import { SandboxError, type Sandbox } from '@/sandbox/sandbox'
import { startWebcontainer } from '@/sandbox/webcontainer'
import { notifyError } from '@/ui/toast'

import { changesOf, readFiles } from './files'

const LOOK_MS = 3_000
const MANIFEST = 'package.json'

export type RunPhase =
  { phase: 'working'; words: string } | { phase: 'running'; url: string } | { phase: 'failed'; words: string }

type Said = { source: OutputSource; text: string }

/** Frames a piece of output as the server would. */
const write = (log: ServerLog, { source, text }: Said): ServerLog =>
  addParts(log, [{ kind: 'output', output: { seq: 1, at: new Date().toISOString(), source, text } }])

const hashesOf = (list: FileList) => new Map(list.items.map(({ path, hash }) => [path, hash]))

/** Runs a project in WebContainer and keeps its files as they are in the project. */
export function useRun(projectId: string) {
  const [phase, setPhase] = useState<RunPhase>({ phase: 'working', words: 'Reading the files' })
  const [log, say] = useReducer(write, emptyServerLog)
  const [round, setRound] = useState(0)
  const running = useRef<{ sandbox: Sandbox; hashes: ReadonlyMap<string, string>; busy: boolean }>(null)
  const list = useQuery({ ...filesQuery(projectId), refetchInterval: LOOK_MS })
  const { data: files, error } = list
  const known = files !== undefined

  useEffect(() => {
    if (!files) return
    const stop = new AbortController()
    const { signal } = stop
    const isOver = () => signal.aborted
    const working = (words: string) => !signal.aborted && setPhase({ phase: 'working', words })
    const start = async () => {
      working('Reading the files')
      const hashes = hashesOf(files)
      const contents = await readFiles(projectId, [...hashes.keys()], signal)
      const manifest = contents.get(MANIFEST)
      const commands = commandsOf(typeof manifest === 'string' ? manifest : undefined)
      working('Loading WebContainer from stackblitz.com')
      const sandbox = await startWebcontainer()
      signal.addEventListener('abort', () => sandbox.stop())
      if (isOver()) {
        sandbox.stop()
        return
      }
      await sandbox.mount(contents)
      if (commands.install) {
        working('Installing packages')
        say({ source: 'install', text: `${commands.install.join(' ')}\n` })
        const onOutput = (text: string) => say({ source: 'install', text })
        const code = await sandbox.exec(commands.install, { onOutput, signal })
        if (code !== 0) throw new SandboxError(`The packages were not installed: npm ended with ${code}.`)
      }
      working('Starting the app')
      say({ source: 'server', text: `${commands.serve.join(' ')}\n` })
      const { url } = await sandbox.serve(commands.serve, {
        onOutput: (text) => say({ source: 'server', text }),
        signal,
      })
      if (isOver()) return
      running.current = { sandbox, hashes, busy: false }
      setPhase({ phase: 'running', url })
    }
    start().catch((problem: unknown) => {
      if (!signal.aborted) setPhase({ phase: 'failed', words: messageOf(problem) })
    })
    return () => {
      running.current = null
      stop.abort()
    }
    // A newer list is brought over below; it does not start the app anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [projectId, round, known])

  // What the agent or a person writes into the project is written here, too.
  useEffect(() => {
    const now = running.current
    if (!files || !now || now.busy) return
    const after = hashesOf(files)
    const { write: changed, remove } = changesOf(now.hashes, after)
    if (changed.length + remove.length === 0) return
    now.busy = true
    const bring = async () => {
      const contents = await readFiles(projectId, changed, new AbortController().signal)
      for (const path of remove) await now.sandbox.remove(path)
      for (const [path, content] of contents) await now.sandbox.write(path, content)
      now.hashes = after
    }
    bring()
      .catch((problem: unknown) => notifyError('The newest files were not brought over', problem))
      .finally(() => (now.busy = false))
  }, [files, projectId])

  const shown: RunPhase = error && !files ? { phase: 'failed', words: messageOf(error) } : phase
  return {
    phase: shown,
    log,
    again: () => {
      if (!files) void list.refetch()
      setRound((n) => n + 1)
    },
  }
}
