import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'

interface ConflictDialogProps {
  open: boolean
  path: string
  busy: boolean
  onMine: () => void
  onTheirs: () => void
  onClose: () => void
}

/** The file changed on the server since the edit began: nothing is lost until the person chooses. */
export function ConflictDialog({ open, path, busy, onMine, onTheirs, onClose }: ConflictDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="The file has changed in the meantime"
      description={
        <>
          <span className="font-mono text-sm">{path}</span> was written, most likely by the agent, after you
          began to edit it. Both texts stay in the version history.
        </>
      }
      footer={
        <>
          <Button onClick={onClose}>Go on editing</Button>
          <Button onClick={onTheirs}>Take the newer file</Button>
          <Button variant="primary" busy={busy} onClick={onMine}>
            Save mine over it
          </Button>
        </>
      }
    />
  )
}
