import { useQuery } from '@tanstack/react-query'
import { Hammer, MonitorPlay } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

import { previewQuery } from '@/api/preview'
import { isRunning, useGenerationValue } from '@/stream/useGeneration'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'

import { useWorkspace } from '../context'
import { activityOf } from '../turn/words'
import { ConsoleDrawer } from './ConsoleDrawer'
import { DEVICES, type Device } from './devices'
import { PreviewFrame } from './PreviewFrame'
import { MissingPackages } from './MissingPackages'
import { pickedPrompt } from './previewLog'
import { PreviewToolbar } from './PreviewToolbar'
import { usePreview } from './usePreview'

/** The app, running: the largest thing on the screen. */
export function PreviewPane() {
  const { project, liveId, canEdit, compose } = useWorkspace()
  const ready = useGenerationValue(liveId, ({ turn }) => turn.previewsReady)
  const [device, setDevice] = useState<Device>('desktop')
  const [drawer, setDrawer] = useState(false)
  const hasFiles = project.file_count > 0 || project.head_version !== null || ready > 0
  const address = useQuery({
    ...previewQuery(project.id),
    enabled: hasFiles,
    // While packages are fetched, or found to be missing, the answer changes by itself.
    refetchInterval: ({ state }) =>
      state.data?.diagnostics.some((d) => d.kind === 'package') ? 3_000 : false,
  })
  const { refetch } = address
  const head = project.head_version
  const seenHead = useRef(head)
  useEffect(() => {
    if (seenHead.current === head) return
    seenHead.current = head
    if (hasFiles) void refetch()
  }, [head, hasFiles, refetch])
  const preview = usePreview(project.id, address.data, canEdit, (element) => compose(pickedPrompt(element)))
  const { frame, log, loads, reload, clear, picking, pick } = preview

  // The server pushes changes to a page that runs; one that never painted has nobody to tell, so load it again.
  const painted = log.phase === 'painted'
  const seenReady = useRef(ready)
  useEffect(() => {
    if (ready === seenReady.current) return
    seenReady.current = ready
    if (!painted && address.data) reload()
  }, [ready, painted, reload, address.data])

  return (
    <section aria-label="Preview" className="flex min-h-0 min-w-0 flex-1 flex-col bg-sunken">
      <h2 className="sr-only">Preview</h2>
      <PreviewToolbar
        address={address.data}
        device={device}
        onDevice={setDevice}
        onReload={reload}
        picking={picking}
        onPick={canEdit && log.phase !== 'loading' ? pick : undefined}
        log={log}
        drawer={drawer}
        onDrawer={() => setDrawer(!drawer)}
      />
      {address.data && <MissingPackages diagnostics={address.data.diagnostics} />}
      <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
        {address.isError ? (
          <ErrorState
            className="my-auto"
            title="The preview did not start"
            error={address.error}
            safe="Your files are safe."
            retry={() => void address.refetch()}
          />
        ) : !hasFiles ? (
          <BeforeFiles />
        ) : address.isPending ? (
          <div className="grid flex-1 place-items-center">
            <Spinner>Starting the preview</Spinner>
          </div>
        ) : (
          <PreviewFrame
            key={loads}
            ref={frame}
            address={address.data}
            title={`${project.name}, running`}
            size={DEVICES[device]}
            painted={painted}
          />
        )}
      </div>
      {drawer && <ConsoleDrawer log={log} onClear={clear} onClose={() => setDrawer(false)} />}
    </section>
  )
}

function BeforeFiles() {
  const { liveId } = useWorkspace()
  const activity = useGenerationValue(liveId, (live) => (isRunning(live) ? activityOf(live.turn) : null))
  const active = activity !== null
  return (
    <EmptyState
      className="my-auto"
      icon={active ? <Hammer /> : <MonitorPlay />}
      title={active ? 'Your app appears here' : 'There is nothing to run yet'}
    >
      {active
        ? activity
        : 'Say in the chat what to build. The app runs here as soon as its first files are written.'}
    </EmptyState>
  )
}
