import { useQueryClient } from '@tanstack/react-query'

import { useMeantChange } from '@/api/checks'
import { fileQuery, invalidateFiles, useSaveFile } from '@/api/files'
import { notify, notifyError } from '@/ui/toast'

import { useWorkspace } from '../context'
import { templateOf } from './words'

/** New, and "this was meant". What is taken away can be put back. */
export function useCheckActs() {
  const { project } = useWorkspace()
  const client = useQueryClient()
  const save = useSaveFile(project.id)
  const meant = useMeantChange(project.id)

  return {
    busy: save.isPending || meant.isPending,

    async create(path: string, name: string): Promise<boolean> {
      try {
        const text = { encoding: 'utf8', content: templateOf(name) } as const
        await save.mutateAsync({ path, text, base_hash: '' })
        return true
      } catch (error) {
        notifyError('The check was not made', error)
        return false
      }
    },

    async meant(path: string, name: string): Promise<void> {
      try {
        const { text } = await client.query(fileQuery(project.id, path))
        await meant.mutateAsync(path)
        await invalidateFiles(client, project.id)
        notify(`“${name}” is no longer asked for`, {
          label: 'Undo',
          run: () =>
            save.mutate(
              { path, text, base_hash: '' },
              { onError: (error) => notifyError('The check did not come back', error) },
            ),
        })
      } catch (error) {
        notifyError('The check stays as it is', error)
      }
    },
  }
}
