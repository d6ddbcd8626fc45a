import { useStopSandbox } from '@/api/sandbox'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

interface StopSandboxDialogProps {
  id: string
  /** The project's name. */
  name: string
  onClose: () => void
}

/** Asks before somebody else's app is stopped under their hands. */
export function StopSandboxDialog({ id, name, onClose }: StopSandboxDialogProps) {
  const stop = useStopSandbox()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Stop the machine of ${name}?`}
      description="Whoever uses the app now loses what they have not saved in it. What it saved is kept, and it starts again when somebody opens the app."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            busy={stop.isPending}
            onClick={() =>
              stop.mutate(id, {
                onSuccess: () => {
                  notify(`The machine of ${name} is stopped`)
                  onClose()
                },
                onError: (error) => notifyError(`The machine of ${name} was not stopped`, error),
              })
            }
          >
            {stop.isPending ? 'Stopping' : 'Stop'}
          </Button>
        </>
      }
    />
  )
}
