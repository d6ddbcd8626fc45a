import { Download } from 'lucide-react'

import { type Project } from '@/api/generated/wire'
import { exportUrl, useDeleteProject } from '@/api/projects'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { formatBytes, plural } from '@/ui/format'
import { notify, notifyError } from '@/ui/toast'

interface DeleteProjectDialogProps {
  /** What is about to be deleted; `null` shows nothing. */
  project: Project | null
  onClose: () => void
  onDeleted: () => void
}

/** Names what is lost, offers to keep a copy, and only then deletes. */
export function DeleteProjectDialog({ project, onClose, onDeleted }: DeleteProjectDialogProps) {
  const remove = useDeleteProject()
  if (!project) return null
  const versions = project.head_version ?? 0
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Delete ${project.name}?`}
      description="This cannot be undone. Download it first if you may want it again."
      footer={
        <>
          <Button asChild variant="ghost" className="mr-auto">
            <a href={exportUrl(project.id)} download>
              <Download aria-hidden />
              Download as zip
            </a>
          </Button>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(project.id, {
                onSuccess: () => {
                  notify(`Deleted ${project.name}`)
                  onClose()
                  onDeleted()
                },
                onError: (error) => notifyError('The project was not deleted', error),
              })
            }
          >
            {remove.isPending ? 'Deleting' : 'Delete project'}
          </Button>
        </>
      }
    >
      <p className="mb-1 text-sm font-medium">What is lost</p>
      <ul className="list-disc pl-5 text-ink-muted">
        <li>
          {plural(project.file_count, 'file')}, {formatBytes(project.size_bytes)}
        </li>
        <li>{versions === 0 ? 'no version yet' : plural(versions, 'version')} to go back to</li>
        <li>the chat with the agent, and its pictures</li>
        <li>the preview&apos;s address</li>
      </ul>
    </Dialog>
  )
}
