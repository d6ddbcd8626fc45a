import { useQueryClient } from '@tanstack/react-query'

import { useWorkspace } from '../context'
import { type PickedElement } from './frameMessage'
import { placeOf } from './pickedPlace'
import { pickedPrompt } from './previewLog'

/** Attaches what was pointed at to the message; where its file is not found, names it in words. */
export function usePicked(): (element: PickedElement) => void {
  const { project, attach, compose } = useWorkspace()
  const client = useQueryClient()
  return (element) =>
    void placeOf(client, project.id, element)
      .catch(() => null)
      .then((picked) => (picked ? attach(picked) : compose(pickedPrompt(element))))
}
