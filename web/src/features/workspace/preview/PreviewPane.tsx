import { useQuery } from '@tanstack/react-query'
import { ExternalLink, Hammer, MonitorPlay } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'

import { freshAddress, previewQuery } from '@/api/preview'
import { sandboxQuery } from '@/api/sandbox'
import { paths, type OutputTab } from '@/components/paths'
import { WebcontainerLicence } from '@/components/WebcontainerLicence'
import { isRunning, useGenerationValue } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { hasTicket } from '@/components/engines'
import { OutputDrawer } from '../output/OutputDrawer'
import { activityOf } from '../turn/words'
import { DEVICES, type Device } from './devices'
import { PreviewFrame } from './PreviewFrame'
import { MissingPackages } from './MissingPackages'
import { PreviewToolbar } from './PreviewToolbar'
import { useFrameAddress } from './useFrameAddress'
import { usePicked } from './usePicked'
import { usePreview } from './usePreview'

/** Servers that push changes to a page that runs. */
const HOT = /vite|next|nuxt|astro|svelte|remix|webpack|parcel/i

/** The app, running: the largest thing on the screen. */
export function PreviewPane() {
  const { project, liveId, canEdit, view, panel, showPanel } = useWorkspace()
  const ready = useGenerationValue(liveId, ({ turn }) => turn.previewsReady)
  const [device, setDevice] = useState<Device>('desktop')
  // What is shown when the output is opened again.
  const [tab, setTab] = useState<OutputTab>(panel ?? 'console')
  if (panel !== null && panel !== tab) setTab(panel)
  // Hidden with the preview, it is opened by what would close it.
  const drawer = panel !== null && (view === 'preview' || view === 'code')
  const hasFiles = project.file_count > 0 || project.head_version !== null || ready > 0
  const address = useQuery({
    ...previewQuery(project.id),
    enabled: hasFiles,
    // A ticket is good once: the next visit asks for its own.
    refetchOnMount: ({ state }) => (state.data && hasTicket(state.data.engine) ? 'always' : true),
    // While packages are fetched, or found to be missing, the answer changes by itself.
    refetchInterval: ({ state }) =>
      state.data?.diagnostics.some((d) => d.kind === 'package') ? 3_000 : false,
  })
  const { refetch } = address
  const preview = usePreview(project.id, address.data, canEdit, usePicked())
  const { frame, log, loads, clear, picking, pick } = preview
  const ticketed = address.data !== undefined && hasTicket(address.data.engine)
  const reloadFrame = preview.reload
  const reload = useCallback(() => {
    if (ticketed) void refetch().then(reloadFrame)
    else reloadFrame()
  }, [ticketed, refetch, reloadFrame])
  // What was kept of an earlier visit has a ticket that is spent.
  const usable = !ticketed || address.isFetchedAfterMount
  const framed = useFrameAddress(usable ? address.data : undefined, loads)

  const sandbox = useQuery({
    ...sandboxQuery(project.id, panel === 'server' || panel === 'terminal'),
    enabled: address.data !== undefined,
  })
  const machine = sandbox.data?.machine ?? null
  const engine = address.data?.engine
  const { refetch: lookAgain } = sandbox
  useEffect(() => {
    // Asking for the app's address makes it ready, and a machine with it.
    if (engine !== undefined && hasTicket(engine)) void lookAgain()
  }, [engine, address.dataUpdatedAt, lookAgain])

  // The server pushes changes to a page that runs; one that never painted has nobody to tell, so load it again.
  const painted = log.phase === 'painted'
  const seenReady = useRef(ready)
  useEffect(() => {
    if (ready === seenReady.current) return
    seenReady.current = ready
    if (ticketed) return
    if (!painted && address.data) reload()
  }, [ready, painted, reload, address.data, ticketed])
  // On its machine a dev server pushes changes to the page; a plain server only has them.
  const pushes = HOT.test(machine?.server ?? '')
  const head = project.head_version
  const seenHead = useRef(head)
  useEffect(() => {
    if (seenHead.current === head) return
    seenHead.current = head
    if (!hasFiles) return
    if (ticketed && !pushes) reload()
    else void refetch()
  }, [head, hasFiles, refetch, ticketed, pushes, reload])

  const openTab = async () => {
    // Opened at once, or the browser takes it for something that nobody asked for.
    const opened = window.open('', '_blank')
    if (!opened) {
      notifyError(
        'No tab was opened',
        new Error('The browser does not allow it. Allow it here and try again.'),
      )
      return
    }
    opened.opener = null
    try {
      opened.location.replace((await freshAddress(project.id)).url)
    } catch (error) {
      opened.close()
      notifyError('The app was not opened in a tab', error)
    }
  }

  return (
    <section aria-label="Preview" className="flex min-h-0 min-w-0 flex-1 flex-col bg-sunken">
      <h2 className="sr-only">Preview</h2>
      <PreviewToolbar
        address={address.data}
        device={device}
        onDevice={setDevice}
        onReload={reload}
        onOpenTab={ticketed ? () => void openTab() : undefined}
        picking={picking}
        onPick={canEdit && log.phase !== 'loading' ? pick : undefined}
        log={log}
        drawer={drawer}
        onDrawer={() => showPanel(drawer ? null : tab)}
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
        ) : address.data?.engine === 'webcontainer' ? (
          <InWebcontainer projectId={project.id} />
        ) : framed === undefined ? (
          <div className="grid flex-1 place-items-center">
            <Spinner>Starting the preview</Spinner>
          </div>
        ) : (
          <PreviewFrame
            key={loads}
            ref={frame}
            address={framed}
            title={`${project.name}, running`}
            size={DEVICES[device]}
            // A page on a machine does not tell; until it is there the server says how far it is.
            painted={painted || ticketed}
          />
        )}
      </div>
      {panel !== null && (
        <OutputDrawer
          tab={panel}
          onTab={showPanel}
          log={log}
          onClear={clear}
          onClose={() => showPanel(null)}
          machine={machine}
        />
      )}
    </section>
  )
}

/** The vendor's runtime needs a page that is cut off from all others, so it has a tab of its own. */
const InWebcontainer = ({ projectId }: { projectId: string }) => (
  <EmptyState
    className="my-auto max-w-md!"
    icon={<MonitorPlay />}
    title="This app runs in a tab of its own"
    action={
      <Button asChild variant="primary">
        <a href={paths.run(projectId)} target="_blank" rel="noreferrer">
          <ExternalLink aria-hidden />
          Open it
        </a>
      </Button>
    }
  >
    <WebcontainerLicence />
  </EmptyState>
)

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
