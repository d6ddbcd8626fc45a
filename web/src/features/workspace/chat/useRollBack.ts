import { useRestoreVersion } from '@/api/versions'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'

/** Goes back to the files of before a version, as a new one, with a way back to it. */
export function useRollBack() {
  const { project } = useWorkspace()
  const restore = useRestoreVersion(project.id)
  const before = (version: number) => restore.mutateAsync({ number: version - 1 })
  return {
    busy: restore.isPending,
    /** The same without a word: what follows says it. */
    before,
    rollBack: (version: number) =>
      void before(version).then(
        (made) =>
          notify(`Undone: version ${made.number} has the files of version ${version - 1}`, {
            label: 'Undo',
            run: () =>
              restore.mutate(
                { number: version },
                { onError: (error) => notifyError('It was not undone', error) },
              ),
          }),
        (error: unknown) => notifyError('Nothing was restored. Your files are as before.', error),
      ),
  }
}
