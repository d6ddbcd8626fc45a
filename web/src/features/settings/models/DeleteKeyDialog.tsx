import { type ProviderStatus } from '@/api/generated/wire'
import { useDeleteKey } from '@/api/models'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

interface DeleteKeyDialogProps {
  provider: ProviderStatus
  onClose: () => void
  onDeleted: () => void
}

/** Asks before a key is forgotten: it cannot be shown again. */
export function DeleteKeyDialog({ provider, onClose, onDeleted }: DeleteKeyDialogProps) {
  const remove = useDeleteKey()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Delete the key of ${provider.label}?`}
      description="Its models can no longer be used here. The key itself stays valid at the provider until you end it there."
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(provider.id, {
                onSuccess: () => {
                  notify(`Deleted the key of ${provider.label}`)
                  onDeleted()
                  onClose()
                },
                onError: (error) => notifyError('The key was not deleted', error),
              })
            }
          >
            {remove.isPending ? 'Deleting' : 'Delete key'}
          </Button>
        </>
      }
    />
  )
}
