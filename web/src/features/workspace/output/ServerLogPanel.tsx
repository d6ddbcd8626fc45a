import { ArrowDown, Ban, Copy, Wrench } from 'lucide-react'

import { type Machine } from '@/api/generated/wire'
import { machineNow } from '@/components/engines'
import { LogLines } from '@/components/log/LogLines'
import { fixServerPrompt, lastError, textOf } from '@/components/log/serverLog'
import { troubleOf } from '@/stream/status'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import { notify, notifyError } from '@/ui/toast'
import { useStickToEnd } from '@/ui/useStickToEnd'

import { useWorkspace } from '../context'
import { LinkLine } from './LinkLine'
import { DrawerActs } from './slot'
import { useServerLog } from './useServerLog'

/** What the app's server, installs and commands write, with their colours; errors can be handed to the agent. */
export function ServerLogPanel({ machine }: { machine: Machine }) {
  const { project, compose, canEdit } = useWorkspace()
  const { log, status, clear, tryNow } = useServerLog(project.id)
  const { box, content, away, toEnd, onScroll } = useStickToEnd()
  const error = lastError(log)
  const trouble = troubleOf(status)

  const copy = () =>
    void navigator.clipboard.writeText(log.lines.map(textOf).join('\n')).then(
      () => notify('The log is copied'),
      () =>
        notifyError(
          'The log was not copied',
          new Error('The browser does not allow it. Select the text instead.'),
        ),
    )

  return (
    <>
      <DrawerActs>
        {error.length > 0 && canEdit && (
          <Button size="sm" icon={<Wrench />} onClick={() => compose(fixServerPrompt(error))}>
            Fix this
          </Button>
        )}
        <IconButton
          label="Copy the log"
          icon={<Copy />}
          size="sm"
          side="top"
          disabled={log.lines.length === 0}
          onClick={copy}
        />
        <IconButton label="Clear the view" icon={<Ban />} size="sm" side="top" onClick={clear} />
      </DrawerActs>
      <div className="relative flex min-h-0 flex-1 flex-col">
        {/* It scrolls by the keyboard, too. */}
        <div
          ref={box}
          role="log"
          aria-label="Server log"
          aria-live="off"
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          onScroll={onScroll}
          className="min-h-0 flex-1 overflow-auto font-mono text-xs focus-visible:-outline-offset-2"
        >
          <div ref={content} className="min-w-max py-1.5">
            {log.lines.length === 0 && trouble === null && (
              <p className="px-3 py-1.5 font-sans text-sm text-ink-muted">
                {status.phase === 'open'
                  ? `Nothing yet. What the app’s server writes shows here. ${machineNow(machine)}`
                  : 'Reading the log'}
              </p>
            )}
            <LogLines log={log} />
          </div>
        </div>
        {away && (
          <Button
            size="sm"
            icon={<ArrowDown />}
            onClick={toEnd}
            className="absolute! bottom-2 left-1/2 -translate-x-1/2 shadow-float"
          >
            Latest
          </Button>
        )}
      </div>
      {trouble && trouble.kind !== 'catching_up' && (
        <LinkLine
          words={trouble.problem}
          gone={trouble.kind === 'gone'}
          retryAt={trouble.kind === 'lost' ? trouble.retryAt : null}
          onTry={tryNow}
        />
      )}
    </>
  )
}
