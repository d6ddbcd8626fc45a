import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { invalidateFiles } from '@/api/files'
import { type Project } from '@/api/generated/wire'
import { keys } from '@/api/keys'
import { isActive } from '@/stream/summary'
import { useGenerationValue } from '@/stream/useGeneration'
import { notify } from '@/ui/toast'

import { budgetNotice } from './turn/words'
import { useNextTurn } from './useNextTurn'

/** Follows the project's running generation and keeps the lists that it changes fresh. */
export function useLiveTurn(project: Project) {
  const client = useQueryClient()
  const [followed, setFollowed] = useState<string | null>(null)
  const id = project.active_generation ?? followed
  // Once seen it stays: when the project's row says that nothing runs any more, the last turn is still shown.
  if (id !== followed) setFollowed(id)

  const applied = useGenerationValue(id, ({ turn }) => turn.files.filter((f) => f.state === 'applied').length)
  const version = useGenerationValue(id, ({ turn }) => turn.version)
  useEffect(() => {
    if (applied > 0 || version !== null) void invalidateFiles(client, project.id)
  }, [client, project.id, applied, version])

  const suggested = useGenerationValue(id, ({ turn }) => turn.suggested.map(({ path }) => path).join('\n'))
  useEffect(() => {
    if (suggested) void client.invalidateQueries({ queryKey: keys.suggestions(project.id) })
  }, [client, project.id, suggested])

  const percent = useGenerationValue(id, ({ turn }) => turn.budget?.percent ?? 0)
  const alert = useGenerationValue(id, ({ turn }) => (turn.budget ? budgetNotice(turn.budget) : null))
  const live = useGenerationValue(id, ({ turn }) => isActive(turn.status))
  useEffect(() => {
    // Of a turn that ended long ago nobody is told again.
    if (alert !== null && live) notify(alert)
    if (percent > 0) void client.invalidateQueries({ queryKey: keys.budgets() })
  }, [client, alert, live, percent])

  const over = useGenerationValue(id, ({ turn }) => turn.seq > 0 && !isActive(turn.status))
  useEffect(() => {
    if (id === null || !over) return
    void client.invalidateQueries({ queryKey: keys.messages(project.id) })
    void client.invalidateQueries({ queryKey: keys.generation(id) })
    void client.invalidateQueries({ queryKey: keys.projectBudget(project.id) })
    void client.invalidateQueries({ queryKey: keys.queue(project.id) })
    void client.invalidateQueries({ queryKey: ['estimate'] })
    void invalidateFiles(client, project.id)
  }, [client, project.id, id, over])
  useNextTurn(project, over)

  return { liveId: id, follow: setFollowed }
}
