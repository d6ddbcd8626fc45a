import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { invalidateFiles } from '@/api/files'
import { type Project } from '@/api/generated/wire'
import { keys } from '@/api/keys'
import { isActive } from '@/stream/summary'
import { useGeneration } from '@/stream/useGeneration'

/** Follows the project's running generation and keeps the lists that it changes fresh. */
export function useLiveTurn(project: Project | undefined) {
  const client = useQueryClient()
  const projectId = project?.id
  const [followed, setFollowed] = useState<string | null>(null)
  const id = project?.active_generation ?? followed
  // Once seen it stays: when the project's row says that nothing runs any more, the last turn is still shown.
  if (id !== followed) setFollowed(id)
  const live = useGeneration(id)

  const turn = live?.turn
  const applied = turn?.files.filter((f) => f.state === 'applied').length ?? 0
  const version = turn?.version ?? null
  useEffect(() => {
    if (projectId === undefined || (applied === 0 && version === null)) return
    void invalidateFiles(client, projectId)
  }, [client, projectId, applied, version])

  const over = turn !== undefined && turn.seq > 0 && !isActive(turn.status)
  useEffect(() => {
    if (projectId === undefined || id === null || !over) return
    void client.invalidateQueries({ queryKey: keys.messages(projectId) })
    void client.invalidateQueries({ queryKey: keys.generation(id) })
    void invalidateFiles(client, projectId)
  }, [client, projectId, id, over])

  return { live: live && id !== null ? { ...live, id } : null, follow: setFollowed }
}
