import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import { type Project } from '@/api/generated/wire'
import { keys } from '@/api/keys'
import { queueQuery } from '@/api/queue'

/** How often is looked whether the next turn has begun. */
const LOOK_MS = 1_000

/** Finds the turn of a message that waited: it begins by itself when the one before is over. */
export function useNextTurn(project: Project, over: boolean) {
  const client = useQueryClient()
  const { id, active_generation: active } = project
  const idle = active === null || over
  const { data, dataUpdatedAt } = useQuery({
    ...queueQuery(id),
    enabled: project.role !== 'viewer',
    refetchInterval: ({ state }) => {
      const next = state.data?.items[0]
      return idle && next?.held === null ? LOOK_MS : false
    },
  })

  // The last message leaves the queue when its turn begins: of that too the project's row tells.
  const waiting = data?.items.length ?? 0
  const waited = useRef(0)
  useEffect(() => {
    if (idle && waiting + waited.current > 0) {
      void client.invalidateQueries({ queryKey: keys.project(id), exact: true })
    }
    waited.current = waiting
  }, [client, id, idle, waiting, dataUpdatedAt])

  const known = useRef(active)
  useEffect(() => {
    if (known.current === active) return
    known.current = active
    void client.invalidateQueries({ queryKey: keys.messages(id) })
    void client.invalidateQueries({ queryKey: keys.queue(id) })
  }, [client, id, active])
}
