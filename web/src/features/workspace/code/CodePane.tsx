import { useQuery } from '@tanstack/react-query'
import { FilePlus2, Files, PanelLeft } from 'lucide-react'
import { useEffect, useState } from 'react'

import { filesQuery } from '@/api/files'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { IconButton } from '@/ui/IconButton'
import { Skeleton } from '@/ui/Skeleton'
import { SplitPane } from '@/ui/SplitPane'

import { useWorkspace } from '../context'
import { type Buffers } from './buffers'
import { EditorPane } from './EditorPane'
import { EditorTabs } from './EditorTabs'
import { FileTree } from './FileTree'
import { PathDialog } from './PathDialog'
import { SuggestionsBar } from './SuggestionsBar'
import { useFileActs } from './useFileActs'
import { useTabs } from './useTabs'

type Asking =
  { act: 'new'; folder: string } | { act: 'rename'; path: string } | { act: 'close'; path: string }

/** The files and what is in them. */
export default function CodePane() {
  const { project, canEdit, spot, wide, waitingAsked } = useWorkspace()
  const files = useQuery(filesQuery(project.id))
  const [buffers] = useState<Buffers>(() => new Map())
  const [dirty, setDirty] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState<Asking | null>(null)
  const [showTree, setShowTree] = useState(true)
  const [roomFor, setRoomFor] = useState<object | null>(null)
  if (waitingAsked !== roomFor) {
    setRoomFor(waitingAsked)
    // A narrow screen has room for the changes or for the files.
    if (!wide) setShowTree(false)
  }
  const tabs = useTabs(project.id, spot)
  const acts = useFileActs(project.id)
  const taken = new Set(files.data?.items.map((f) => f.path))

  useEffect(() => {
    if (dirty.size === 0) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [dirty.size])

  const markDirty = (path: string, isDirty: boolean) =>
    setDirty((old) => {
      if (old.has(path) === isDirty) return old
      const next = new Set(old)
      if (isDirty) next.add(path)
      else next.delete(path)
      return next
    })
  const drop = (path: string) => {
    buffers.delete(path)
    markDirty(path, false)
    tabs.close(path)
  }
  const open = (path: string) => {
    tabs.open(path)
    if (!wide) setShowTree(false)
  }

  const tree = (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-canvas">
      <header className="flex h-9 shrink-0 items-center border-b pr-1 pl-3">
        <h2 className="flex-1 text-sm font-medium">Files</h2>
        {canEdit && (
          <IconButton
            label="New file"
            icon={<FilePlus2 />}
            size="sm"
            onClick={() => setAsking({ act: 'new', folder: 'src' })}
          />
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {files.isPending && <TreeSkeleton />}
        {files.isError && !files.data && (
          <ErrorState title="The files did not load" error={files.error} retry={() => void files.refetch()} />
        )}
        {files.data && (
          <FileTree
            files={files.data.items}
            active={tabs.active}
            dirty={dirty}
            canEdit={canEdit}
            onOpen={open}
            onNew={(folder) => setAsking({ act: 'new', folder })}
            onRename={(path) => setAsking({ act: 'rename', path })}
            onDelete={(path) => void acts.remove(path).then((done) => done && drop(path))}
          />
        )}
      </div>
    </div>
  )

  const editor = (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <div className="flex border-b [&>*:last-child]:min-w-0 [&>*:last-child]:flex-1 [&>*:last-child]:border-b-0">
        {!wide && (
          <IconButton
            label={showTree ? 'Hide the files' : 'Show the files'}
            icon={<PanelLeft />}
            className="self-center"
            onClick={() => setShowTree(!showTree)}
          />
        )}
        <EditorTabs
          tabs={tabs.tabs}
          active={tabs.active}
          dirty={dirty}
          onSelect={tabs.open}
          onClose={(path) => (dirty.has(path) ? setAsking({ act: 'close', path }) : drop(path))}
        />
      </div>
      <SuggestionsBar />
      {tabs.active === null ? (
        <EmptyState
          className="my-auto"
          icon={<Files />}
          title="Open a file"
          action={!wide && !showTree && <Button onClick={() => setShowTree(true)}>Show the files</Button>}
        >
          Saving with Ctrl+S makes a version, and the preview follows at once.
        </EmptyState>
      ) : (
        <EditorPane
          key={tabs.active}
          path={tabs.active}
          buffers={buffers}
          spot={spot}
          dirty={dirty.has(tabs.active)}
          onDirty={markDirty}
          onGone={() => tabs.active !== null && drop(tabs.active)}
        />
      )}
    </div>
  )

  return (
    <section aria-label="Code" className="flex min-h-0 min-w-0 flex-1">
      <SplitPane
        id="files"
        label="Width of the file list"
        initial={wide ? 0.3 : 0.5}
        min={0.12}
        max={0.6}
        minPx={150}
        hide={!wide && !showTree ? 'first' : undefined}
        first={tree}
        second={editor}
      />
      {asking?.act === 'new' && (
        <PathDialog
          title="New file"
          act="Create"
          initial={asking.folder === '' ? '' : `${asking.folder}/`}
          taken={taken}
          busy={acts.busy}
          onClose={() => setAsking(null)}
          onSubmit={(path) =>
            void acts.create(path).then((done) => {
              if (!done) return
              setAsking(null)
              open(path)
            })
          }
        />
      )}
      {asking?.act === 'rename' && (
        <PathDialog
          title="Rename"
          act="Rename"
          initial={asking.path}
          taken={taken}
          busy={acts.busy}
          onClose={() => setAsking(null)}
          onSubmit={(to) =>
            void acts.rename(asking.path, to).then((done) => {
              if (!done) return
              setAsking(null)
              const wasOpen = tabs.tabs.includes(asking.path)
              drop(asking.path)
              if (wasOpen) open(to)
            })
          }
        />
      )}
      <Dialog
        open={asking?.act === 'close'}
        onOpenChange={(next) => !next && setAsking(null)}
        title="Close without saving?"
        description={`Your changes in ${asking?.act === 'close' ? asking.path : 'this file'} are not saved yet.`}
        footer={
          <>
            <Button onClick={() => setAsking(null)}>Go on editing</Button>
            <Button
              variant="danger"
              onClick={() => {
                if (asking?.act === 'close') drop(asking.path)
                setAsking(null)
              }}
            >
              Close without saving
            </Button>
          </>
        }
      />
    </section>
  )
}

function TreeSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-2 p-3">
      <span role="status" className="sr-only">
        Loading the files
      </span>
      {[70, 50, 60, 45, 65].map((width) => (
        <div key={width} style={{ width: `${width}%` }}>
          <Skeleton className="h-4" />
        </div>
      ))}
    </div>
  )
}
