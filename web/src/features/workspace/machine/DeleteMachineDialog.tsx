import { useDeleteMachine } from '@/api/sandbox'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

/** Says what is lost with a machine, and what is not. */
export function DeleteMachineDialog({ onClose }: { onClose: () => void }) {
  const { project } = useWorkspace()
  const remove = useDeleteMachine(project.id)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Delete the machine?"
      description="What the running app has saved in it, such as its database and uploads, is lost for good. The project’s files and versions are safe: the next visit makes a new machine from them."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(undefined, {
                onSuccess: () => {
                  notify('The machine is deleted')
                  onClose()
                },
                onError: (error) => notifyError('The machine was not deleted', error),
              })
            }
          >
            {remove.isPending ? 'Deleting' : 'Delete machine'}
          </Button>
        </>
      }
    />
  )
}
