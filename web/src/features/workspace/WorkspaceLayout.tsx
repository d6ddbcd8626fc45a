import { lazy, Suspense, useState } from 'react'

import { isAsking, isRunning, useGenerationValue } from '@/stream/useGeneration'
import { cx } from '@/ui/cx'
import { ErrorBoundary } from '@/ui/ErrorBoundary'
import { Spinner } from '@/ui/Spinner'
import { SplitPane } from '@/ui/SplitPane'
import { useHasRoomForAll } from '@/ui/useMediaQuery'
import { useShortcut } from '@/ui/useShortcut'

import { ChatPane } from './chat/ChatPane'
import { useWorkspace } from './context'
import { PreviewPane } from './preview/PreviewPane'
import { VersionsPane } from './versions/VersionsPane'
import { CHAT_VIEW, VIEWS, WorkspaceHeader } from './WorkspaceHeader'

const CodePane = lazy(() => import('./code/CodePane'))

/** The panes stay mounted when they are not shown: the app in the preview and unsaved text go on living. */
export function WorkspaceLayout() {
  const { view, show, showPanel, wide } = useWorkspace()
  const roomForAll = useHasRoomForAll()
  const [codeSeen, setCodeSeen] = useState(view === 'code')
  if (view === 'code' && !codeSeen) setCodeSeen(true)
  const [versionsSeen, setVersionsSeen] = useState(view === 'versions')
  if (view === 'versions' && !versionsSeen) setVersionsSeen(true)

  useShortcut('alt+1', () => show('preview'))
  useShortcut('alt+2', () => show('code'))
  useShortcut('alt+3', () => show('versions'))
  useShortcut('alt+4', () => showPanel('checks'))
  useShortcut('alt+5', () => showPanel('findings'))

  const code = codeSeen && (
    <ErrorBoundary part="The code">
      <Suspense fallback={<Loading>Loading the editor</Loading>}>
        <CodePane />
      </Suspense>
    </ErrorBoundary>
  )
  const preview = (
    <ErrorBoundary part="The preview">
      <PreviewPane />
    </ErrorBoundary>
  )
  const beside = (
    <>
      <div
        className={cx(
          'flex min-h-0 min-w-0 flex-1',
          (view === 'versions' || (view === 'chat' && !wide)) && 'hidden',
        )}
      >
        <SplitPane
          id="code"
          label="Width of the code"
          initial={0.58}
          min={0.3}
          max={0.8}
          hide={view === 'code' ? (roomForAll ? undefined : 'second') : 'first'}
          first={code}
          second={preview}
        />
      </div>
      {versionsSeen && (
        <div className={cx('flex min-h-0 min-w-0 flex-1', view !== 'versions' && 'hidden')}>
          <ErrorBoundary part="The version list">
            <VersionsPane />
          </ErrorBoundary>
        </div>
      )}
    </>
  )

  return (
    <div className="flex h-full flex-col">
      <WorkspaceHeader />
      <main className="flex min-h-0 min-w-0 flex-1">
        <SplitPane
          id="chat"
          label="Width of the chat"
          initial={0.3}
          min={0.2}
          max={0.55}
          minPx={320}
          hide={wide ? undefined : view === 'chat' ? 'second' : 'first'}
          first={
            <ErrorBoundary part="The chat">
              <ChatPane />
            </ErrorBoundary>
          }
          second={beside}
        />
      </main>
      {!wide && <BottomBar />}
    </div>
  )
}

const Loading = ({ children }: { children: string }) => (
  <div className="grid flex-1 place-items-center">
    <Spinner>{children}</Spinner>
  </div>
)

/** The panes of a narrow screen. */
function BottomBar() {
  const { view, show, liveId } = useWorkspace()
  const busy = useGenerationValue(liveId, isRunning)
  const asks = useGenerationValue(liveId, isAsking)
  return (
    <nav aria-label="Panes" className="flex shrink-0 border-t bg-canvas pb-[env(safe-area-inset-bottom)]">
      {[CHAT_VIEW, ...VIEWS].map((tab) => (
        <button
          key={tab.value}
          type="button"
          aria-current={tab.value === view ? 'page' : undefined}
          onClick={() => show(tab.value)}
          className={cx(
            'relative flex h-14 flex-1 flex-col items-center justify-center gap-1 text-xs font-medium focus-visible:-outline-offset-2 [&_svg]:size-5',
            tab.value === view ? 'text-accent-text' : 'text-ink-muted',
          )}
        >
          {tab.icon}
          {tab.value === 'chat' && asks && view !== 'chat' ? 'Waits for you' : tab.label}
          {tab.value === 'chat' && busy && view !== 'chat' && (
            <span
              className={cx(
                'absolute top-2 left-1/2 ml-2.5 size-2 animate-pulse-dot rounded-full',
                asks ? 'bg-warn' : 'bg-accent',
              )}
            >
              {!asks && <span className="sr-only">The agent is at work</span>}
            </span>
          )}
        </button>
      ))}
    </nav>
  )
}
