import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'

import { isCode } from '@/api/error'
import { type PickedElement, type Project } from '@/api/generated/wire'
import { projectQuery } from '@/api/projects'
import { paths, type OutputTab, type WorkspaceView } from '@/components/paths'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'
import { useHasRoomForAll, useIsWide } from '@/ui/useMediaQuery'
import { usePageTitle } from '@/ui/usePageTitle'

import { WorkspaceContext, type FileSpot, type Workspace } from './context'
import { useLiveTurn } from './useLiveTurn'
import { WorkspaceLayout } from './WorkspaceLayout'

/** A project: chat, preview, code and versions. */
export function WorkspacePage() {
  const { projectId = '' } = useParams()
  const project = useQuery(projectQuery(projectId))
  usePageTitle(project.data?.name)

  if (project.data) return <OpenProject key={projectId} project={project.data} />
  if (project.isError) {
    const gone = isCode(project.error, 'not_found', 'forbidden')
    return (
      <main className="grid h-full place-items-center">
        <ErrorState
          title={gone ? 'There is no such project' : 'The project did not open'}
          error={gone ? new Error('It may have been deleted, or it is not shared with you.') : project.error}
          safe={gone ? undefined : 'Everything saved is safe on the server.'}
          retry={gone ? undefined : () => void project.refetch()}
          action={
            <Button asChild>
              <Link to={paths.home()}>Go home</Link>
            </Button>
          }
        />
      </main>
    )
  }
  return (
    <main className="grid h-full place-items-center">
      <Spinner>Opening the project</Spinner>
    </main>
  )
}

const VIEWS: readonly string[] = ['chat', 'preview', 'code', 'versions'] satisfies WorkspaceView[]
const PANELS: readonly string[] = [
  'console',
  'checks',
  'findings',
  'server',
  'terminal',
] satisfies OutputTab[]

function OpenProject({ project }: { project: Project }) {
  const wide = useIsWide()
  const roomForAll = useHasRoomForAll()
  const [params, setParams] = useSearchParams()
  const { liveId, follow } = useLiveTurn(project)
  const [spot, setSpot] = useState<FileSpot | null>(null)
  const [waitingAsked, setWaitingAsked] = useState<object | null>(null)
  const [composed, setComposed] = useState<{ text: string } | null>(null)
  const [picked, setPicked] = useState<PickedElement | null>(null)

  const asked = params.get('view')
  const fallback = wide ? 'preview' : 'chat'
  const view = (
    asked !== null && VIEWS.includes(asked) && !(wide && asked === 'chat') ? asked : fallback
  ) as WorkspaceView

  const askedPanel = params.get('panel')
  const panel = askedPanel !== null && PANELS.includes(askedPanel) ? (askedPanel as OutputTab) : null

  const go = useCallback(
    (to: { view?: WorkspaceView; panel?: OutputTab | null }) =>
      setParams(
        (old) => {
          const changed = new URLSearchParams(old)
          if (to.view) changed.set('view', to.view)
          if (to.panel) changed.set('panel', to.panel)
          else if (to.panel === null) changed.delete('panel')
          return changed
        },
        { replace: true },
      ),
    [setParams],
  )
  const show = useCallback((next: WorkspaceView) => go({ view: next }), [go])
  const previewShown = view === 'preview' || (view === 'code' && roomForAll)
  const showPanel = useCallback(
    (next: OutputTab | null) =>
      go(next === null || previewShown ? { panel: next } : { view: 'preview', panel: next }),
    [go, previewShown],
  )
  const openFile = useCallback(
    (path: string, line?: number) => {
      setSpot({ path, line })
      show('code')
    },
    [show],
  )
  const showWaiting = useCallback(() => {
    setWaitingAsked({})
    show('code')
  }, [show])
  const compose = useCallback(
    (text: string) => {
      setComposed({ text })
      if (!wide) show('chat')
    },
    [show, wide],
  )
  const attach = useCallback(
    (next: PickedElement | null) => {
      setPicked(next)
      // Where it goes is shown, and what is to be said about it is written next.
      if (next) compose('')
    },
    [compose],
  )

  const workspace = useMemo<Workspace>(
    () => ({
      project,
      canEdit: project.role !== 'viewer',
      view,
      show,
      wide,
      panel,
      showPanel,
      liveId,
      follow,
      spot,
      openFile,
      showWaiting,
      waitingAsked,
      compose,
      composed,
      picked,
      attach,
    }),
    [
      project,
      view,
      show,
      wide,
      panel,
      showPanel,
      liveId,
      follow,
      spot,
      openFile,
      showWaiting,
      waitingAsked,
      compose,
      composed,
      picked,
      attach,
    ],
  )
  return (
    <WorkspaceContext value={workspace}>
      <WorkspaceLayout />
    </WorkspaceContext>
  )
}
