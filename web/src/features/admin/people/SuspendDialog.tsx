import { type UserEntry } from '@/api/generated/wire'
import { useUpdateUser } from '@/api/people'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

/** Asks before somebody is suspended: their tokens and turns do not come back with them. */
export function SuspendDialog({ user, onClose }: { user: UserEntry; onClose: () => void }) {
  const update = useUpdateUser()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Suspend ${user.name}?`}
      description="They are signed out everywhere, their turns stop and their API tokens end for good."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            busy={update.isPending}
            onClick={() =>
              update.mutate(
                { id: user.id, suspended: true },
                {
                  onSuccess: () => {
                    notify(`${user.name} is suspended`)
                    onClose()
                  },
                  onError: (error) => notifyError(`${user.name} was not suspended`, error),
                },
              )
            }
          >
            {update.isPending ? 'Suspending' : 'Suspend'}
          </Button>
        </>
      }
    />
  )
}
