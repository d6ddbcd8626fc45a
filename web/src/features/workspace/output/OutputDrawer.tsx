import { ChevronDown, Maximize2, Minimize2, ScrollText, SquareTerminal, TextSearch } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { type Machine } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { ErrorBoundary } from '@/ui/ErrorBoundary'
import { IconButton } from '@/ui/IconButton'
import { Spinner } from '@/ui/Spinner'
import { TabList, TabPanel, TabsRoot, type Tab } from '@/ui/Tabs'

import { useWorkspace } from '../context'
import { type PreviewLog } from '../preview/previewLog'
import { ConsolePanel } from './ConsolePanel'
import { ServerLogPanel } from './ServerLogPanel'
import { DrawerSlot } from './slot'

const TerminalPanel = lazy(() => import('./terminal/TerminalPanel'))

export type OutputTab = 'console' | 'server' | 'terminal'

interface OutputDrawerProps {
  tab: OutputTab
  onTab: (tab: OutputTab) => void
  log: PreviewLog
  onClear: () => void
  onClose: () => void
  /** The app's own machine, if it has one. */
  machine: Machine | null
}

/** What the app says and does under the preview: in the browser, on its machine, and a shell there. */
export function OutputDrawer({ tab, onTab, log, onClear, onClose, machine }: OutputDrawerProps) {
  const { project, canEdit } = useWorkspace()
  const [tall, setTall] = useState(false)
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  const [terminalSeen, setTerminalSeen] = useState(false)

  const tabs: Tab<OutputTab>[] = [{ value: 'console', label: 'Console', icon: <TextSearch aria-hidden /> }]
  if (machine) {
    tabs.push({ value: 'server', label: 'Server log', icon: <ScrollText aria-hidden /> })
    if (canEdit) tabs.push({ value: 'terminal', label: 'Terminal', icon: <SquareTerminal aria-hidden /> })
  }
  const shown = tabs.some(({ value }) => value === tab) ? tab : 'console'
  if (shown === 'terminal' && !terminalSeen) setTerminalSeen(true)
  const hasTerminal = machine !== null && canEdit

  return (
    <section
      aria-label="Output"
      className={cx(
        '@container flex shrink-0 flex-col border-t bg-surface',
        tall ? 'h-[75%]' : machine ? 'h-72 max-h-[55%]' : 'h-56 max-h-[45%]',
      )}
    >
      <TabsRoot value={shown} onChange={onTab} className="flex min-h-0 flex-1 flex-col">
        <header className="flex min-h-10 shrink-0 items-center gap-1 border-b px-2 @max-md:flex-wrap @max-md:py-1">
          {tabs.length === 1 ? (
            <h3 className="px-1 text-sm font-medium">Console</h3>
          ) : (
            <>
              <h3 className="sr-only">Output</h3>
              <TabList
                label="Output"
                tabs={tabs}
                className="@max-md:mr-auto [&_button]:whitespace-nowrap @max-md:[&_svg]:hidden"
              />
            </>
          )}
          <div
            ref={setSlot}
            className={cx(
              'ml-auto flex min-w-0 items-center gap-1',
              tabs.length > 1 && '@max-md:order-last @max-md:w-full @max-md:justify-end',
            )}
          />
          <IconButton
            label={tall ? 'Make it smaller' : 'Make it larger'}
            icon={tall ? <Minimize2 /> : <Maximize2 />}
            size="sm"
            side="top"
            onClick={() => setTall(!tall)}
          />
          <IconButton
            label="Hide the output"
            shortcut="mod+j"
            icon={<ChevronDown />}
            size="sm"
            side="top"
            onClick={onClose}
          />
        </header>
        <DrawerSlot value={slot}>
          <TabPanel value="console" className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
            <ConsolePanel log={log} onClear={onClear} />
          </TabPanel>
          {machine && (
            <TabPanel value="server" className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
              <ServerLogPanel key={project.id} machine={machine} />
            </TabPanel>
          )}
          {hasTerminal && terminalSeen && (
            <TabPanel value="terminal" keep className="flex min-h-0 flex-1 flex-col">
              <ErrorBoundary part="The terminal">
                <Suspense fallback={<Spinner className="p-3">Loading the terminal</Spinner>}>
                  <TerminalPanel key={project.id} shown={shown === 'terminal'} />
                </Suspense>
              </ErrorBoundary>
            </TabPanel>
          )}
        </DrawerSlot>
      </TabsRoot>
    </section>
  )
}
