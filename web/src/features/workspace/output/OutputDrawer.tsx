import {
  ChevronDown,
  ListChecks,
  Maximize2,
  Minimize2,
  ScrollText,
  ShieldCheck,
  SquareTerminal,
  TextSearch,
} from 'lucide-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'

import { type Machine } from '@/api/generated/wire'
import { type OutputTab } from '@/components/paths'
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
const ChecksPanel = lazy(() => import('../checks/ChecksPanel'))
const FindingsPanel = lazy(() => import('../findings/FindingsPanel'))

interface OutputDrawerProps {
  tab: OutputTab
  onTab: (tab: OutputTab) => void
  log: PreviewLog
  onClear: () => void
  onClose: () => void
  /** The app's own machine, if it has one. */
  machine: Machine | null
}

/** What the app says and does under the preview, what checks say of it, and a shell on its machine. */
export function OutputDrawer({ tab, onTab, log, onClear, onClose, machine }: OutputDrawerProps) {
  const { project, canEdit } = useWorkspace()
  const [tall, setTall] = useState(false)
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  const [terminalSeen, setTerminalSeen] = useState(false)

  const tabs: Tab<OutputTab>[] = [
    { value: 'console', label: 'Console', icon: <TextSearch aria-hidden /> },
    { value: 'checks', label: 'Checks', icon: <ListChecks aria-hidden /> },
    { value: 'findings', label: 'Findings', icon: <ShieldCheck aria-hidden /> },
  ]
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
        tall ? 'h-[75%]' : machine || tab !== 'console' ? 'h-72 max-h-[55%]' : 'h-56 max-h-[45%]',
      )}
    >
      <TabsRoot value={shown} onChange={onTab} className="flex min-h-0 flex-1 flex-col">
        <header className="flex min-h-10 shrink-0 items-center gap-1 border-b px-2 @max-3xl:flex-wrap @max-3xl:py-1">
          <h3 className="sr-only">Output</h3>
          <TabList
            label="Output"
            tabs={tabs}
            className="min-w-0 [scrollbar-width:none] overflow-x-auto @max-3xl:flex-1 [&_button]:shrink-0 [&_button]:whitespace-nowrap @max-3xl:[&_svg]:hidden"
          />
          <div
            ref={setSlot}
            className="ml-auto flex shrink-0 items-center gap-1 empty:hidden @max-3xl:order-last @max-3xl:w-full @max-3xl:justify-end"
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
          <TabPanel value="checks" className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
            <Loaded part="The checks" words="Loading the checks">
              <ChecksPanel />
            </Loaded>
          </TabPanel>
          <TabPanel value="findings" className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
            <Loaded part="The findings" words="Loading the findings">
              <FindingsPanel />
            </Loaded>
          </TabPanel>
          {machine && (
            <TabPanel value="server" className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
              <ServerLogPanel key={project.id} machine={machine} />
            </TabPanel>
          )}
          {hasTerminal && terminalSeen && (
            <TabPanel value="terminal" keep className="flex min-h-0 flex-1 flex-col">
              <Loaded part="The terminal" words="Loading the terminal">
                <TerminalPanel key={project.id} shown={shown === 'terminal'} />
              </Loaded>
            </TabPanel>
          )}
        </DrawerSlot>
      </TabsRoot>
    </section>
  )
}

/** A panel whose code comes when it is first looked at. */
const Loaded = ({ part, words, children }: { part: string; words: string; children: ReactNode }) => (
  <ErrorBoundary part={part}>
    <Suspense fallback={<Spinner className="p-3">{words}</Spinner>}>{children}</Suspense>
  </ErrorBoundary>
)
