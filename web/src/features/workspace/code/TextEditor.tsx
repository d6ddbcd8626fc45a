import { EditorView } from '@codemirror/view'
import { useEffect, useEffectEvent, useRef, useState } from 'react'

import { isCode } from '@/api/error'
import { useSaveFile } from '@/api/files'
import { type FileContent } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { shortcutKeys } from '@/ui/platform'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace, type FileSpot } from '../context'
import { isDirty, type Buffers } from './buffers'
import { ConflictDialog } from './ConflictDialog'
import { createState } from './editorSetup'

interface TextEditorProps {
  content: FileContent & { text: { encoding: 'utf8' } }
  buffers: Buffers
  spot: FileSpot | null
  dirty: boolean
  onDirty: (path: string, dirty: boolean) => void
}

/** One file in CodeMirror. The file's path is its React key. */
export function TextEditor({ content, buffers, spot, dirty, onDirty }: TextEditorProps) {
  const { project, canEdit } = useWorkspace()
  const { path, hash } = content.file
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const [stale, setStale] = useState(false)
  const [conflict, setConflict] = useState(false)
  const save = useSaveFile(project.id)

  const mark = (doc = view.current?.state.doc) => {
    const buffer = buffers.get(path)
    if (buffer && doc) onDirty(path, isDirty(buffer, doc))
  }
  const onEdit = useEffectEvent(mark)

  const saveNow = (over?: string) => {
    const buffer = buffers.get(path)
    const doc = view.current?.state.doc
    if (!canEdit || !buffer || !doc || save.isPending || !isDirty(buffer, doc)) return
    save.mutate(
      { path, text: { encoding: 'utf8', content: doc.toString() }, base_hash: over ?? buffer.hash },
      {
        onSuccess: ({ file, version }) => {
          buffer.saved = doc
          buffer.hash = file?.hash ?? buffer.hash
          setStale(false)
          setConflict(false)
          mark()
          if (version?.verified === false)
            notify(`Saved as version ${version.number}. The app does not compile now.`)
          else if (version) notify(`Saved as version ${version.number}`)
        },
        onError: (error) => {
          if (isCode(error, 'conflict')) setConflict(true)
          else notifyError('The file was not saved. Your text is still here.', error)
        },
      },
    )
  }

  const onSaveKey = useEffectEvent(() => saveNow())

  const takeTheirs = () => {
    const editor = view.current
    const buffer = buffers.get(path)
    if (!editor || !buffer) return
    buffer.hash = content.file.hash
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: content.text.content } })
    buffer.saved = editor.state.doc
    setStale(false)
    setConflict(false)
    onDirty(path, false)
  }
  const follow = useEffectEvent(takeTheirs)

  const create = useEffectEvent(() => {
    const known = buffers.get(path)
    if (known) return known
    const state = createState({
      path,
      text: content.text.content,
      readOnly: !canEdit,
      onSave: () => onSaveKey(),
      onChange: (next) => onEdit(next.doc),
    })
    const buffer = { state, saved: state.doc, hash }
    buffers.set(path, buffer)
    return buffer
  })

  useEffect(() => {
    if (!host.current) return
    const editor = new EditorView({ state: create().state, parent: host.current })
    view.current = editor
    return () => {
      const buffer = buffers.get(path)
      if (buffer) buffer.state = editor.state
      view.current = null
      editor.destroy()
    }
  }, [buffers, path])

  // Somebody else, most often the agent, wrote the file.
  const onServerChange = useEffectEvent(() => {
    const buffer = buffers.get(path)
    if (!buffer || buffer.hash === hash) return
    if (view.current && !isDirty(buffer, view.current.state.doc)) follow()
    else setStale(true)
  })
  useEffect(() => onServerChange(), [hash])

  useEffect(() => {
    const editor = view.current
    if (!editor || spot?.line === undefined) return
    const line = editor.state.doc.line(Math.min(Math.max(1, spot.line), editor.state.doc.lines))
    editor.dispatch({
      selection: { anchor: line.from },
      effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
    })
    editor.focus()
  }, [spot])

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      {stale && (
        <div
          role="status"
          className="flex flex-wrap items-center gap-2 border-b bg-warn-soft px-3 py-1.5 text-sm"
        >
          <span className="min-w-0 flex-1 text-warn">
            This file has a newer version. Your unsaved text is still here.
          </span>
          <Button size="sm" onClick={() => setConflict(true)}>
            Choose
          </Button>
        </div>
      )}
      <div ref={host} className="min-h-0 flex-1 overflow-hidden" />
      {dirty && (
        <div className="flex shrink-0 items-center gap-2 border-t bg-canvas py-1.5 pr-2 pl-3">
          <span className="min-w-0 flex-1 truncate text-sm text-ink-muted">Not saved yet</span>
          <Button size="sm" variant="ghost" disabled={save.isPending} onClick={takeTheirs}>
            Discard
          </Button>
          <Button size="sm" variant="primary" busy={save.isPending} onClick={() => saveNow()}>
            {save.isPending ? 'Saving' : 'Save'}
            {!save.isPending && (
              <span className="font-normal max-sm:hidden">{shortcutKeys('mod+s').join('+')}</span>
            )}
          </Button>
        </div>
      )}
      <ConflictDialog
        open={conflict}
        path={path}
        busy={save.isPending}
        onMine={() => saveNow(hash)}
        onTheirs={takeTheirs}
        onClose={() => setConflict(false)}
      />
    </div>
  )
}
