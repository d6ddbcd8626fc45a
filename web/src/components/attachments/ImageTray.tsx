import { X } from 'lucide-react'

import { IconButton } from '@/ui/IconButton'
import { Spinner } from '@/ui/Spinner'

import { type Attachment } from './images'

interface ImageTrayProps {
  items: readonly Attachment[]
  reading: boolean
  onRemove: (id: string) => void
}

/** The pictures that will be sent. */
export function ImageTray({ items, reading, onRemove }: ImageTrayProps) {
  if (items.length === 0 && !reading) return null
  return (
    <ul className="flex flex-wrap gap-2 px-3 pt-3">
      {items.map((item) => (
        <li key={item.id} className="relative">
          <img src={item.url} alt={item.name} className="size-14 rounded-control border object-cover" />
          <IconButton
            label={`Remove ${item.name}`}
            icon={<X />}
            size="sm"
            variant="secondary"
            className="absolute! -top-2 -right-2 size-5! rounded-full! [&_svg]:size-3!"
            onClick={() => onRemove(item.id)}
          />
        </li>
      ))}
      {reading && (
        <li className="self-center text-sm">
          <Spinner>Reading the picture</Spinner>
        </li>
      )}
    </ul>
  )
}
