import { type StartTurn } from '@/api/generated/wire'
import { useStartTurn } from '@/api/messages'
import { notifyError } from '@/ui/toast'
import { useMediaQuery } from '@/ui/useMediaQuery'

import { useWorkspace } from '../context'

/** Says something in the chat from elsewhere than the composer, and follows what the agent does about it. */
export function useSay() {
  const { project, follow, compose } = useWorkspace()
  const mouse = useMediaQuery('(pointer: fine)')
  const start = useStartTurn(project.id)
  return {
    busy: start.isPending,
    say: (body: StartTurn) => {
      if (start.isPending) return
      start.mutate(body, {
        onSuccess: ({ generation }) => {
          follow(generation.id)
          // What was pressed is gone; on a touch screen the keyboard would cover what comes.
          if (mouse) compose('')
        },
        onError: (error) => notifyError('The message was not sent', error),
      })
    },
  }
}
