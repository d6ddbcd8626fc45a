import { useState } from 'react'

import { type PlanItem } from '@/api/generated/wire'

interface Step {
  /** Stays when it is moved. */
  id: number
  text: string
}

/** A plan that is being changed, and what has just happened to it in words for those who do not see it. */
export function usePlan(plan: readonly PlanItem[]) {
  const [{ items, said, made }, set] = useState(() => ({
    items: plan.map(({ text }, id): Step => ({ id, text })),
    said: '',
    made: plan.length,
  }))
  const change = (next: Step[], words: string, more = 0) =>
    set({ items: next, said: words, made: made + more })
  const placeOf = (id: number) => items.findIndex((step) => step.id === id)

  return {
    items,
    said,
    change: (id: number, text: string) =>
      change(
        items.map((step) => (step.id === id ? { id, text } : step)),
        '',
      ),
    /** Its id. */
    add: (at: number): number => {
      change(items.toSpliced(at, 0, { id: made, text: '' }), `Step ${at + 1} added.`, 1)
      return made
    },
    remove: (id: number) =>
      change(
        items.filter((step) => step.id !== id),
        `Step ${placeOf(id) + 1} removed.`,
      ),
    move: (id: number, by: -1 | 1) => {
      const from = placeOf(id)
      const step = items[from]
      const to = from + by
      if (!step || to < 0 || to >= items.length) return
      change(items.toSpliced(from, 1).toSpliced(to, 0, step), `Moved to place ${to + 1} of ${items.length}.`)
    },
  }
}
