import { useState } from 'react'

import { notifyError } from '@/ui/toast'

import { MOST_IMAGES, refusal, toAttachment, type Attachment } from './images'

/** The pictures of a message that is being written. */
export function useAttachments() {
  const [items, setItems] = useState<Attachment[]>([])
  const [reading, setReading] = useState(0)

  const add = async (files: readonly File[]) => {
    const room = MOST_IMAGES - items.length
    if (files.length > room) {
      notifyError('Not every picture was attached', new Error(`A message takes ${MOST_IMAGES} pictures.`))
    }
    for (const file of files.slice(0, Math.max(0, room))) {
      const reason = refusal(file)
      if (reason !== null) {
        notifyError('The file was not attached', new Error(reason))
        continue
      }
      setReading((n) => n + 1)
      try {
        const attachment = await toAttachment(file)
        setItems((old) => [...old, attachment])
      } catch {
        notifyError(
          'The picture was not attached',
          new Error(`${file.name} could not be read. It may be damaged.`),
        )
      } finally {
        setReading((n) => n - 1)
      }
    }
  }

  return {
    items,
    reading: reading > 0,
    add: (files: readonly File[]) => void add(files),
    remove: (id: string) => setItems((old) => old.filter((a) => a.id !== id)),
    clear: () => setItems([]),
  }
}
