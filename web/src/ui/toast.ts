import { toast } from 'sonner'

import { messageOf } from '@/api/error'

interface Act {
  label: string
  run: () => void
}

/** A short word about something that has happened, with at most one act, such as "Undo". */
export function notify(text: string, act?: Act) {
  toast(text, { action: act && { label: act.label, onClick: act.run }, duration: act ? 8_000 : 4_000 })
}

/** What failed (in words, such as "The file was not saved"), why, and what can be done. */
export function notifyError(what: string, error: unknown, act?: Act) {
  toast.error(what, {
    description: messageOf(error),
    duration: 10_000,
    action: act && { label: act.label, onClick: act.run },
  })
}
