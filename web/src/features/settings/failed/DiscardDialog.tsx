import { useDiscardDeadLetter } from '@/api/deadLetters'
import { type DeadLetter } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

interface DiscardDialogProps {
  letter: DeadLetter
  onClose: () => void
  onDone: () => void
}

/** Asks before a failed turn leaves the list, and says what stays. */
export function DiscardDialog({ letter, onClose, onDone }: DiscardDialogProps) {
  const discard = useDiscardDeadLetter()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Discard this failed turn?"
      description={`It leaves the list of open ones. The message stays in the chat of ${letter.project_name}, and the files stay as they are.`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            busy={discard.isPending}
            onClick={() =>
              discard.mutate(letter, {
                onSuccess: () => {
                  notify(`Discarded a failed turn of ${letter.project_name}`)
                  onClose()
                  onDone()
                },
                onError: (error) => {
                  notifyError('The failed turn is still on the list', error)
                  onClose()
                },
              })
            }
          >
            {discard.isPending ? 'Discarding' : 'Discard'}
          </Button>
        </>
      }
    >
      <p className="line-clamp-3 text-sm wrap-anywhere text-ink-muted">{letter.payload.prompt}</p>
    </Dialog>
  )
}
