import { Captions, CirclePower, Plus } from 'lucide-react'
import { useRef, useState } from 'react'

import { type TerminalStatus } from '@/stream/terminal'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { IconButton } from '@/ui/IconButton'
import { Kbd } from '@/ui/Kbd'
import { Spinner } from '@/ui/Spinner'
import { readStored, writeStored } from '@/ui/storage'

import { useWorkspace } from '../../context'
import { LinkLine } from '../LinkLine'
import { DrawerActs } from '../slot'
import { useTerminal } from './useTerminal'

const READ_ALOUD = 'qv-terminal-aloud'
const LEAVE = navigator.userAgent.includes('Windows') ? 'Ctrl+F6' : 'Ctrl+Shift+escape'

/** A shell in the app's machine. */
export default function TerminalPanel({ shown }: { shown: boolean }) {
  const { project } = useWorkspace()
  const panel = useRef<HTMLDivElement>(null)
  const host = useRef<HTMLDivElement>(null)
  const [readAloud, setReadAloud] = useState(() => readStored(READ_ALOUD) === 'on')
  const leave = () =>
    panel.current?.closest('section')?.querySelector<HTMLElement>('[role=tab][data-state=active]')?.focus()
  const { status, end, again, tryNow } = useTerminal(project.id, {
    host,
    shown,
    readAloud,
    onLeave: leave,
  })

  return (
    <div ref={panel} className="relative flex min-h-0 flex-1 flex-col">
      {shown && (
        <DrawerActs>
          <span className="mr-1 inline-flex shrink-0 items-center gap-1.5 text-xs text-ink-faint @max-xl:hidden">
            Leave <Kbd keys={LEAVE} />
          </span>
          <IconButton
            label={readAloud ? 'Stop reading the terminal aloud' : 'Let a screen reader read the terminal'}
            icon={<Captions />}
            size="sm"
            side="top"
            aria-pressed={readAloud}
            className={cx(readAloud && 'bg-accent-soft text-accent-text')}
            onClick={() => {
              setReadAloud(!readAloud)
              writeStored(READ_ALOUD, readAloud ? null : 'on')
            }}
          />
          <IconButton
            label="End this shell"
            icon={<CirclePower />}
            size="sm"
            side="top"
            disabled={status.phase !== 'open'}
            onClick={end}
          />
        </DrawerActs>
      )}
      <p className="sr-only">
        Tab goes to the shell. {LEAVE.replace('escape', 'Escape')} leaves the terminal.
      </p>
      <div ref={host} className="min-h-0 flex-1 overflow-hidden py-1.5 pl-3" />
      <Line status={status} onTry={tryNow} onAgain={again} />
    </div>
  )
}

interface LineProps {
  status: TerminalStatus
  onTry: () => void
  onAgain: () => void
}

/** How the shell is, when that is worth a word. */
function Line({ status, onTry, onAgain }: LineProps) {
  const { phase, words, retryAt, failures } = status
  if (phase === 'open')
    return (
      <p role="status" className="sr-only">
        The shell is ready.
      </p>
    )
  if (phase === 'ended' || phase === 'failed') {
    return (
      <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t px-3 py-1 text-sm">
        <p role="status" className={cx('min-w-0 text-pretty', phase === 'failed' && 'text-warn')}>
          {words}
        </p>
        <Button size="sm" icon={<Plus />} onClick={onAgain}>
          New shell
        </Button>
      </div>
    )
  }
  // It stands over the screen: its coming and going would change the shell's size.
  return (
    <div className="absolute inset-x-0 bottom-0 bg-surface">
      {phase === 'waiting' || failures > 0 ? (
        <LinkLine words={words ?? 'Connection lost.'} gone={false} retryAt={retryAt} onTry={onTry} />
      ) : (
        <div role="status" className="flex min-h-9 items-center border-t px-3 text-sm">
          <Spinner>{phase === 'preparing' && words !== null ? words : 'Connecting to the machine'}</Spinner>
        </div>
      )}
    </div>
  )
}
