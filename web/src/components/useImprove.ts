import { useEffect, useRef, useState } from 'react'

import { type ModelList } from '@/api/generated/wire'
import { useEnhancePrompt } from '@/api/prompts'
import { notifyError } from '@/ui/toast'

import { STARTERS } from './models'

interface Wish {
  text: string
  setText: (text: string) => void
  /** Who shall answer: a model's id or `STARTERS`; the default when nobody is chosen. */
  model: string | null
  models: ModelList | undefined
}

/** Puts a wish into more useful words, with a way back to one's own. */
export function useImprove({ text, setText, model, models }: Wish) {
  const enhance = useEnhancePrompt()
  const [made, setMade] = useState<{ before: string; after: string; nanousd: number | null } | null>(null)
  // What was written while the model thought is not lost either.
  const latest = useRef(text)
  useEffect(() => {
    latest.current = text
  }, [text])
  const who = model ?? models?.default ?? STARTERS

  const why =
    text.trim() === ''
      ? 'write something first'
      : models === undefined
        ? 'looking for models'
        : models.items.length === 0
          ? 'connect a model first'
          : who === STARTERS
            ? 'choose a model first, the starters cannot'
            : null

  return {
    /** Why it cannot be done now; `null` when it can. */
    why,
    busy: enhance.isPending,
    /** What became of it, until the words are changed again. */
    made: made?.after === text ? made : null,
    run: () => {
      if (why !== null || enhance.isPending) return
      enhance.mutate(
        { prompt: text.trim(), model: model ?? undefined },
        {
          onSuccess: ({ prompt, cost_nanousd: nanousd }) => {
            setMade({ before: latest.current, after: prompt, nanousd })
            setText(prompt)
          },
          onError: (error) => notifyError('Your words are as before', error),
        },
      )
    },
    undo: () => {
      if (made) setText(made.before)
      setMade(null)
    },
  }
}

export type Improve = ReturnType<typeof useImprove>
