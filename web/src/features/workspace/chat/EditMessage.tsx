import { useEffect, useId, useRef, useState } from 'react'

import { stopGeneration } from '@/api/generations'
import { type Message } from '@/api/generated/wire'
import { useEditMessage } from '@/api/messages'
import { useRestoreVersion } from '@/api/versions'
import { resend } from '@/components/attachments/images'
import { Button } from '@/ui/Button'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

interface EditMessageProps {
  message: Message
  /** Nothing was sent. */
  onCancel: () => void
  onSent: () => void
}

/** An earlier message, to be said anew: everything goes on from there. */
export function EditMessage({ message, onCancel, onSent }: EditMessageProps) {
  const { project, follow } = useWorkspace()
  const [text, setText] = useState(message.text)
  const [reading, setReading] = useState(false)
  const edit = useEditMessage(project.id)
  const restore = useRestoreVersion(project.id)
  const field = useRef<HTMLTextAreaElement>(null)
  const noteId = useId()
  const busy = edit.isPending || reading
  const canSend = !busy && text.trim() !== ''

  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [])

  const send = async () => {
    if (!canSend) return
    const before = project.head_version
    setReading(true)
    try {
      const images = await Promise.all(message.images.map(resend))
      const { generation } = await edit.mutateAsync({
        messageId: message.id,
        message: text.trim(),
        mode: message.mode,
        model: message.generation?.model ?? undefined,
        images,
      })
      follow(generation.id)
      notify('Going on from here. The later messages are set aside.', {
        label: 'Undo',
        run: () =>
          before !== null &&
          // A project whose turn runs cannot go back.
          void stopGeneration(generation.id)
            .then(() => restore.mutateAsync({ number: before, chat: true }))
            .catch((error: unknown) => notifyError('It was not undone', error)),
      })
      onSent()
    } catch (error) {
      notifyError('The message was not sent. Files and chat are as before.', error)
    } finally {
      setReading(false)
    }
  }

  return (
    <form
      aria-label="Edit your message"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      className="flex w-full flex-col gap-2 rounded-card border bg-surface p-2 focus-within:border-line-strong"
    >
      <textarea
        ref={field}
        rows={2}
        value={text}
        aria-label="Your message"
        aria-describedby={noteId}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          void send()
        }}
        className="block field-sizing-content max-h-[34dvh] w-full resize-none bg-transparent px-1 outline-none max-md:text-md"
      />
      <p id={noteId} className="px-1 text-sm text-ink-muted">
        The files go back to before this message. Later messages are set aside.
      </p>
      <div className="flex justify-end gap-1.5">
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" type="submit" busy={busy} disabled={!canSend}>
          {busy ? 'Going back' : 'Go on from here'}
        </Button>
      </div>
    </form>
  )
}
