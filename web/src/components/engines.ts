import { AppWindow, Box, Cloud, Server, ServerOff, type LucideIcon } from 'lucide-react'

import { type EngineKind, type Machine, type SandboxState } from '@/api/generated/wire'
import { type Tone } from '@/ui/Badge'

interface EngineWords {
  /** As a name. */
  name: string
  /** Where the app runs, in a few words. */
  runs: string
  /** What choosing it means. */
  hint: string
  icon: LucideIcon
}

export const ENGINES: Record<EngineKind, EngineWords> = {
  browser: {
    name: 'Your browser',
    runs: 'Runs in your browser',
    hint: 'Free and at once. For apps without a server of their own.',
    icon: AppWindow,
  },
  local: {
    name: 'This server',
    runs: 'Runs on this server',
    hint: 'An isolated machine with limits, on the server that answers you.',
    icon: Server,
  },
  daytona: {
    name: 'Daytona',
    runs: 'Runs on Daytona',
    hint: 'A machine in the operator’s Daytona account. It may cost money.',
    icon: Cloud,
  },
  webcontainer: {
    name: 'WebContainer',
    runs: 'Runs in WebContainer',
    hint: 'Node.js in your browser, loaded from StackBlitz. In a tab of its own.',
    icon: Box,
  },
}

export const NOWHERE = { runs: 'Cannot run here', icon: ServerOff }

export const STATES: Record<SandboxState, { word: string; tone: Tone }> = {
  starting: { word: 'Starting', tone: 'accent' },
  running: { word: 'Running', tone: 'ok' },
  stopped: { word: 'Stopped', tone: 'neutral' },
  failed: { word: 'Failed', tone: 'danger' },
}

/** How the machine is, as a sentence. */
export function machineNow({ state, step, server, serving }: Machine): string {
  switch (state) {
    case 'starting':
      return step ?? 'The machine starts.'
    case 'failed':
      return step ?? 'The machine cannot be used. Restart it.'
    case 'stopped':
      return 'It starts again by itself when somebody opens the app.'
    case 'running':
      if (step !== null) return step
      if (server === null) return 'No server of the app runs in it.'
      return sentence(serving ? `${server} serves the app.` : `${server} starts.`)
  }
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** Engines whose address bears a ticket that is good once. */
export const hasTicket = (engine: EngineKind): boolean => engine === 'local' || engine === 'daytona'
