import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'

import { apiPath } from '@/api/client'
import { isCode } from '@/api/error'
import { fileQuery } from '@/api/files'
import { type FileContent } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { ErrorState } from '@/ui/ErrorState'
import { formatBytes } from '@/ui/format'
import { Spinner } from '@/ui/Spinner'

import { useWorkspace, type FileSpot } from '../context'
import { type Buffers } from './buffers'
import { TextEditor } from './TextEditor'

interface EditorPaneProps {
  path: string
  buffers: Buffers
  spot: FileSpot | null
  dirty: boolean
  onDirty: (path: string, dirty: boolean) => void
  onGone: () => void
}

/** One open file: its text, its picture, or why neither can be shown. */
export function EditorPane({ path, buffers, spot, dirty, onDirty, onGone }: EditorPaneProps) {
  const { project } = useWorkspace()
  const file = useQuery(fileQuery(project.id, path))

  if (file.isPending) {
    return (
      <div className="grid flex-1 place-items-center">
        <Spinner>{`Opening ${path}`}</Spinner>
      </div>
    )
  }
  if (!file.data) {
    const gone = isCode(file.error, 'not_found')
    return (
      <ErrorState
        className="my-auto"
        title={gone ? 'This file is gone' : 'The file did not open'}
        error={gone ? new Error(`${path} was deleted or renamed. Older versions still have it.`) : file.error}
        retry={gone ? undefined : () => void file.refetch()}
        action={<Button onClick={onGone}>Close it</Button>}
      />
    )
  }
  if (isText(file.data)) {
    return (
      <TextEditor
        content={file.data}
        buffers={buffers}
        spot={spot?.path === path ? spot : null}
        dirty={dirty}
        onDirty={onDirty}
      />
    )
  }
  return <BinaryFile content={file.data} />
}

const isText = (content: FileContent): content is FileContent & { text: { encoding: 'utf8' } } =>
  content.text.encoding === 'utf8'

function BinaryFile({ content }: { content: FileContent }) {
  const { project } = useWorkspace()
  const { path, size } = content.file
  const url = `${apiPath('projects', project.id, 'files', ...path.split('/'))}?raw=true`
  const picture = /\.(png|jpe?g|gif|webp|avif|ico)$/i.test(path)
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-4 overflow-auto p-6">
      {picture && <img src={url} alt={path} className="max-h-[60%] max-w-full rounded-card border" />}
      <p className="text-ink-muted">
        {picture ? path : `${path} is not text, so it cannot be edited here.`} {formatBytes(size)}
      </p>
      <Button asChild>
        <a href={url} download>
          <Download aria-hidden />
          Download
        </a>
      </Button>
    </div>
  )
}
