import { useState } from 'react'

import { readStored, writeStored } from '@/ui/storage'

/** Words not yet sent, kept in this browser until they are. */
export function useDraft(projectId: string): [string, (text: string) => void] {
  const key = `qv-draft-${projectId}`
  const [text, setText] = useState(() => readStored(key) ?? '')
  return [
    text,
    (next) => {
      setText(next)
      writeStored(key, next === '' ? null : next)
    },
  ]
}
