import { useRef, useState } from 'react'

import { notifyError } from '@/ui/toast'

import { MOST_IMAGES, refusal, toAttachment, type Attachment } from './images'

/** The pictures of a message that is being written. */
export function useAttachments() {
  const [items, setItems] = useState<Attachment[]>([])
  const [reading, setReading] = useState(0)
  // With those that are still being read: pictures that come meanwhile find less room.
  const taken = useRef(0)

  const add = async (files: readonly File[]) => {
    const room = MOST_IMAGES - taken.current
    if (files.length > room) {
      notifyError('Not every picture was attached', new Error(`A message takes ${MOST_IMAGES} pictures.`))
    }
    const fit = files.slice(0, Math.max(0, room)).filter((file) => {
      const reason = refusal(file)
      if (reason !== null) notifyError('The file was not attached', new Error(reason))
      return reason === null
    })
    taken.current += fit.length
    setReading((n) => n + fit.length)
    for (const file of fit) {
      try {
        const attachment = await toAttachment(file)
        setItems((old) => [...old, attachment])
      } catch {
        taken.current--
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
    remove: (id: string) => {
      taken.current--
      setItems((old) => old.filter((a) => a.id !== id))
    },
    clear: () => {
      taken.current = 0
      setItems([])
    },
  }
}
