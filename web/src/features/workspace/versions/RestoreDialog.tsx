import { useState } from 'react'

import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { Dialog } from '@/ui/Dialog'

interface RestoreDialogProps {
  number: number
  onRestore: (chat: boolean) => void
  onClose: () => void
}

const CHOICES = [
  { chat: false, label: 'Files only', hint: 'The chat stays as it is.' },
  {
    chat: true,
    label: 'Files and chat',
    hint: 'Messages from after this version are set aside: they can be read, and no model is told of them.',
  },
]

/** Asks what goes back to a version. */
export function RestoreDialog({ number, onRestore, onClose }: RestoreDialogProps) {
  const [chat, setChat] = useState(false)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Restore version ${number}?`}
      description="It is made anew as the newest version. Nothing is deleted, and it can be undone."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="restore-form">
            Restore
          </Button>
        </>
      }
    >
      <form
        id="restore-form"
        onSubmit={(event) => {
          event.preventDefault()
          onRestore(chat)
        }}
      >
        <fieldset className="flex flex-col gap-2">
          <legend className="sr-only">What goes back</legend>
          {CHOICES.map((choice) => (
            <label
              key={choice.label}
              className={cx(
                'grid cursor-pointer grid-cols-[auto_1fr] gap-x-2.5 rounded-control border px-3 py-2.5 hover:bg-hover',
                chat === choice.chat && 'border-line-strong bg-hover',
              )}
            >
              <input
                type="radio"
                name="restored"
                className="accent-accent"
                checked={chat === choice.chat}
                onChange={() => setChat(choice.chat)}
              />
              <span className="font-medium">{choice.label}</span>
              <span className="col-start-2 text-sm text-ink-muted">{choice.hint}</span>
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  )
}
