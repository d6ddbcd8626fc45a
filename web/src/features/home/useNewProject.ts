import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { useEstimate } from '@/api/budgets'
import { type ProjectType, type Starter } from '@/api/generated/wire'
import { modelsQuery } from '@/api/models'
import { useCreateProject } from '@/api/projects'
import { useAttachments } from '@/components/attachments/useAttachments'
import { STARTERS } from '@/components/models'
import { paths } from '@/components/paths'
import { readStored, writeStored } from '@/ui/storage'
import { notify } from '@/ui/toast'

const DRAFT = 'qv-draft-new'

/** What is being asked for on the home page, kept in this browser until it is sent. */
export function useNewProject() {
  const navigate = useNavigate()
  const models = useQuery(modelsQuery())
  const create = useCreateProject()
  const images = useAttachments()
  const [text, setTextNow] = useState(() => readStored(DRAFT) ?? '')
  const [type, setType] = useState<ProjectType | null>(null)
  const [chosen, setModel] = useState<string | null>(null)
  /** What the last example put here: words of one's own are not overwritten without a way back. */
  const [filled, setFilled] = useState('')

  const model = chosen ?? models.data?.default ?? STARTERS
  const estimate = useEstimate(null, {
    message: text,
    model: chosen ?? undefined,
    images: images.items.length,
  })
  const seeing = models.data?.items.find((m) => m.id === model)?.sees_images === true

  const setText = (next: string) => {
    setTextNow(next)
    writeStored(DRAFT, next === '' ? null : next)
  }
  const send = (body: Parameters<typeof create.mutate>[0]) => {
    if (create.isPending) return
    create.mutate(body, {
      onSuccess: ({ project }) => {
        setText('')
        void navigate(paths.project(project.id))
      },
    })
  }
  const pictures = () =>
    images.items.length === 0 ? undefined : images.items.map(({ media_type, data }) => ({ media_type, data }))

  return {
    text,
    setText,
    type,
    setType,
    models: models.data,
    model,
    /** A model's id or `STARTERS`; `null` leaves it to the default. */
    chosen,
    setModel,
    /** Whether the chosen model can see pictures. */
    seeing,
    images,
    /** What it would cost, once known. */
    estimate,
    starting: create.isPending,
    startingFrom: create.isPending ? create.variables.starter : undefined,
    error: create.error,

    /** Puts an example in the box. */
    fill: (example: string) => {
      const own = text
      setText(example)
      setFilled(example)
      if (own.trim() !== '' && own !== filled) {
        notify('Your words were replaced by the example', { label: 'Undo', run: () => setText(own) })
      }
    },

    /** Sends what was written. */
    start: () =>
      send({
        prompt: text.trim(),
        project_type: type ?? undefined,
        // Without a choice the server's default answers, whatever it is by then.
        model: chosen ?? undefined,
        images: pictures(),
      }),

    /** Begins from a starter, with the written words or, without any, as it is: that needs no model. */
    startFrom: (starter: Starter) => {
      const words = text.trim()
      send({
        prompt: words === '' ? starter.title : words,
        starter: starter.id,
        project_type: starter.project_type,
        model: words === '' ? STARTERS : (chosen ?? undefined),
        images: words === '' ? undefined : pictures(),
      })
    },
  }
}

export type NewProject = ReturnType<typeof useNewProject>
