import { useRestoreVersion } from '@/api/versions'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

interface Wanted {
  number: number
  /** Whether the conversation goes back, too. */
  chat?: boolean
  /** What is said when it is done, by the number of the version that it made. */
  said?: (made: number) => string
  onMade?: (made: number) => void
}

/** Goes back to a version, with a way forth again. */
export function useRestore() {
  const { project } = useWorkspace()
  const restore = useRestoreVersion(project.id)

  const to = ({ number, chat = false, said, onMade }: Wanted) => {
    const before = project.head_version
    // Not by callbacks of `mutate`: they are lost with who asked for it, such as the offer that this ends.
    restore.mutateAsync({ number, chat }).then(
      (made) => {
        onMade?.(made.number)
        const words = said?.(made.number) ?? `Version ${made.number} has the files of version ${number}`
        notify(chat ? `${words}, and the chat is as it was then` : words, {
          label: 'Undo',
          run: () => {
            if (before === null) return
            restore
              .mutateAsync({ number: before, chat })
              .catch((error: unknown) => notifyError('The restore was not undone', error))
          },
        })
      },
      (error: unknown) => notifyError(`Version ${number} was not restored. Your files are as before.`, error),
    )
  }
  /** To before a version: its turn is undone. */
  const before = (version: number) =>
    to({
      number: version - 1,
      said: (made) => `Undone: version ${made} has the files of version ${version - 1}`,
    })
  return { to, before, busy: restore.isPending ? restore.variables.number : null }
}
