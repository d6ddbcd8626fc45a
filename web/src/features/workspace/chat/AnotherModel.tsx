import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { type Message } from '@/api/generated/wire'
import { useStartTurn } from '@/api/messages'
import { modelsQuery } from '@/api/models'
import { useRestoreVersion } from '@/api/versions'
import { resend } from '@/components/attachments/images'
import { ModelPicker } from '@/components/ModelPicker'
import { paths } from '@/components/paths'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

interface AnotherModelProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** What is said once more. */
  user: Message
  turn: TurnState
}

/** Sends the same message to another model. */
export function AnotherModel({ open, onOpenChange, user, turn }: AnotherModelProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Try another model"
      description="Your message is sent again, as it was."
    >
      <Choice user={user} turn={turn} onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function Choice({ user, turn, onDone }: { user: Message; turn: TurnState; onDone: () => void }) {
  const { project, follow } = useWorkspace()
  const models = useQuery(modelsQuery())
  const start = useStartTurn(project.id)
  const restore = useRestoreVersion(project.id)
  const [chosen, setChosen] = useState<string | null>(null)
  const [back, setBack] = useState(true)
  const [busy, setBusy] = useState(false)
  const { version } = turn
  const canGoBack = version !== null && version > 1 && version === project.head_version
  const others = models.data?.items.filter((model) => model.id !== turn.model) ?? []
  const model = others.find(({ id }) => id === chosen) ?? others[0]
  const blind = user.images.length > 0 && model?.sees_images === false

  const send = async (id: string) => {
    setBusy(true)
    try {
      const images = await Promise.all(user.images.map(resend))
      if (canGoBack && back) await restore.mutateAsync({ number: version - 1 })
      const { generation } = await start.mutateAsync({
        message: user.text,
        mode: user.mode,
        model: id,
        images,
      })
      onDone()
      follow(generation.id)
    } catch (error) {
      notifyError('The message was not sent', error)
    } finally {
      setBusy(false)
    }
  }

  if (!models.data) return <p className="text-ink-muted">Looking for models</p>
  if (!model) {
    return (
      <div className="flex flex-col items-start gap-3">
        <p>No other model is connected.</p>
        <Button asChild>
          <Link to={paths.settings('models')}>Connect a model</Link>
        </Button>
      </div>
    )
  }
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!blind) void send(model.id)
      }}
    >
      <ModelPicker
        list={{ ...models.data, items: others }}
        starters={false}
        value={model.id}
        onChange={setChosen}
        className="w-full"
      />
      {canGoBack && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1 accent-accent"
            checked={back}
            onChange={(event) => setBack(event.target.checked)}
          />
          <span>
            Go back to version {version - 1} first
            <span className="block text-sm text-ink-muted">
              Otherwise it builds on what is there now. Version {version} stays in the list.
            </span>
          </span>
        </label>
      )}
      {blind && (
        <p role="status" className="text-sm text-warn">
          {model.label} cannot see the pictures of your message. Choose a model that can.
        </p>
      )}
      <Button type="submit" variant="primary" busy={busy} disabled={blind} className="self-end">
        {busy ? 'Sending' : 'Send it again'}
      </Button>
    </form>
  )
}
