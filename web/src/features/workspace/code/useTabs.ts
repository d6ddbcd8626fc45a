import { useState } from 'react'

import { readStored, writeStored } from '@/ui/storage'

import { type FileSpot } from '../context'

interface Tabs {
  tabs: string[]
  active: string | null
}

const MOST_TABS = 12

const keyOf = (projectId: string) => `qv-tabs-${projectId}`
const keyOfActive = (projectId: string) => `qv-tab-${projectId}`

function stored(projectId: string): Tabs {
  try {
    const value: unknown = JSON.parse(readStored(keyOf(projectId)) ?? '[]')
    const tabs = Array.isArray(value)
      ? value.filter((t): t is string => typeof t === 'string').slice(0, MOST_TABS)
      : []
    const active = readStored(keyOfActive(projectId))
    return { tabs, active: active !== null && tabs.includes(active) ? active : (tabs[0] ?? null) }
  } catch {
    return { tabs: [], active: null }
  }
}

/** The files that are open in a project's editor, the one in front first. */
export function openFiles(projectId: string): string[] {
  const { tabs, active } = stored(projectId)
  return active === null ? tabs : [active, ...tabs.filter((t) => t !== active)]
}

/** The open files of a project, remembered; a spot that is asked for elsewhere opens here. */
export function useTabs(projectId: string, spot: FileSpot | null) {
  const [state, setState] = useState(() => stored(projectId))
  const [seen, setSeen] = useState<FileSpot | null>(null)

  const set = (next: Tabs) => {
    setState(next)
    writeStored(keyOf(projectId), JSON.stringify(next.tabs))
    writeStored(keyOfActive(projectId), next.active)
  }
  const open = (path: string) => {
    const tabs = state.tabs.includes(path) ? state.tabs : [...state.tabs.slice(1 - MOST_TABS), path]
    set({ tabs, active: path })
  }
  if (spot !== seen) {
    setSeen(spot)
    if (spot) open(spot.path)
  }

  return {
    ...state,
    open,
    close: (path: string) => {
      const at = state.tabs.indexOf(path)
      const tabs = state.tabs.filter((t) => t !== path)
      set({
        tabs,
        active: state.active === path ? (tabs[Math.min(at, tabs.length - 1)] ?? null) : state.active,
      })
    },
  }
}
