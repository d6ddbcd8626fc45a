import { Pencil } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

import { type Message } from '@/api/generated/wire'
import { isRunning, useGenerationValue } from '@/stream/useGeneration'
import { Badge } from '@/ui/Badge'
import { IconButton } from '@/ui/IconButton'
import { RelativeTime } from '@/ui/RelativeTime'

import { useWorkspace } from '../context'
import { EditMessage } from './EditMessage'
import { MODE_NAMES } from './modes'

/** What a person said. They can say it anew, and everything goes on from there. */
export function UserMessage({ message }: { message: Message }) {
  const { canEdit, project, liveId } = useWorkspace()
  const running = useGenerationValue(liveId, isRunning) || project.active_generation !== null
  const [editing, setEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const edited = useRef(false)
  useEffect(() => {
    // The focus comes back to where it was.
    if (!editing && edited.current) button.current?.focus()
    edited.current = editing
  }, [editing])

  return (
    <div className="flex flex-col items-end gap-1 pl-8">
      {message.images.length > 0 && (
        <div className="flex flex-wrap justify-end gap-2">
          {message.images.map((src, i) => (
            <img key={src} src={src} alt={`Attachment ${i + 1}`} className="max-h-40 rounded-card border" />
          ))}
        </div>
      )}
      {editing && !running ? (
        <EditMessage message={message} onCancel={() => setEditing(false)} onSent={() => setEditing(false)} />
      ) : (
        <div className="max-w-full rounded-card bg-hover px-3 py-2">
          {/* Their own words, as they wrote them: Markdown would drop a tag that they ask about. */}
          <p className="wrap-anywhere whitespace-pre-wrap">{message.text}</p>
        </div>
      )}
      <div className="flex min-h-7 items-center gap-2 text-xs text-ink-faint">
        {canEdit && !running && !editing && (
          <IconButton
            ref={button}
            label="Edit and go on from here"
            icon={<Pencil />}
            size="sm"
            className="transition-opacity pointer-fine:opacity-0 pointer-fine:group-hover/turn:opacity-100 pointer-fine:focus-visible:opacity-100"
            onClick={() => setEditing(true)}
          />
        )}
        {message.mode !== 'build' && <Badge>{MODE_NAMES[message.mode]}</Badge>}
        <RelativeTime at={message.created_at} />
      </div>
    </div>
  )
}
