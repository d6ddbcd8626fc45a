import { type ApiToken } from '@/api/generated/wire'
import { useRevokeToken } from '@/api/tokens'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notify, notifyError } from '@/ui/toast'

interface RevokeTokenDialogProps {
  token: ApiToken
  onClose: () => void
  onDone: () => void
}

/** Asks before a token ends: programs that use it stop working. */
export function RevokeTokenDialog({ token, onClose, onDone }: RevokeTokenDialogProps) {
  const revoke = useRevokeToken()
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Revoke ${token.name}?`}
      description="Programs that use it are signed out at once. It cannot be made to work again."
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            busy={revoke.isPending}
            onClick={() =>
              revoke.mutate(token.id, {
                onSuccess: () => {
                  notify(`Revoked ${token.name}`)
                  onClose()
                  onDone()
                },
                onError: (error) => notifyError('The token was not revoked', error),
              })
            }
          >
            {revoke.isPending ? 'Revoking' : 'Revoke token'}
          </Button>
        </>
      }
    />
  )
}
