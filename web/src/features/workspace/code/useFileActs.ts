import { useQueryClient } from '@tanstack/react-query'

import { fileQuery, useDeleteFile, useSaveFile } from '@/api/files'
import { notify, notifyError } from '@/ui/toast'

/** New, rename and delete; each makes a version and can be undone. */
export function useFileActs(projectId: string) {
  const client = useQueryClient()
  const save = useSaveFile(projectId)
  const remove = useDeleteFile(projectId)

  return {
    busy: save.isPending || remove.isPending,

    async create(path: string): Promise<boolean> {
      try {
        await save.mutateAsync({ path, text: { encoding: 'utf8', content: '' }, base_hash: '' })
        return true
      } catch (error) {
        notifyError('The file was not created', error)
        return false
      }
    },

    async rename(from: string, to: string): Promise<boolean> {
      try {
        const { text } = await client.query(fileQuery(projectId, from))
        await save.mutateAsync({ path: to, text, base_hash: '' })
        await remove.mutateAsync(from)
        return true
      } catch (error) {
        notifyError('The file was not renamed', error)
        return false
      }
    },

    async remove(path: string): Promise<boolean> {
      try {
        const { text } = await client.query(fileQuery(projectId, path))
        await remove.mutateAsync(path)
        notify(`Deleted ${path}`, {
          label: 'Undo',
          run: () =>
            save.mutate(
              { path, text, base_hash: '' },
              {
                onError: (error) =>
                  notifyError('The file did not come back. Restore the version before.', error),
              },
            ),
        })
        return true
      } catch (error) {
        notifyError('The file was not deleted', error)
        return false
      }
    },
  }
}
