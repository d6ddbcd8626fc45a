import { useCallback, useSyncExternalStore } from 'react'

import { eventsUrl } from '@/api/generations'

import { applyAll } from './reducer'
import { questionOf } from './runs'
import { initialTurn, type TurnState } from './state'
import { initialStatus, type StreamStatus } from './status'
import { isActive } from './summary'
import { followGeneration, type Stream } from './transport'

/** A generation as this tab sees it. */
export interface LiveTurn {
  turn: TurnState
  stream: StreamStatus
}

interface Entry {
  live: LiveTurn
  listeners: Set<() => void>
  following: Stream | null
  linger?: ReturnType<typeof setTimeout>
}

const LINGER_MS = 5_000
const nothing: LiveTurn = { turn: initialTurn, stream: initialStatus }
const entries = new Map<string, Entry>()

function open(id: string): Entry {
  const known = entries.get(id)
  if (known) return known
  const entry: Entry = { live: nothing, listeners: new Set(), following: null }
  const set = (change: Partial<LiveTurn>) => {
    entry.live = { ...entry.live, ...change }
    for (const listener of entry.listeners) listener()
  }
  entries.set(id, entry)
  entry.following = followGeneration({
    url: eventsUrl(id),
    onEvents: (events) => set({ turn: applyAll(entry.live.turn, events) }),
    onStatus: (stream) => set({ stream }),
  })
  return entry
}

function subscribe(id: string, listener: () => void): () => void {
  const entry = open(id)
  clearTimeout(entry.linger)
  entry.listeners.add(listener)
  return () => {
    entry.listeners.delete(listener)
    if (entry.listeners.size > 0) return
    // Panes come and go while a person looks around: one connection outlives that.
    entry.linger = setTimeout(() => {
      entry.following?.stop()
      entries.delete(id)
    }, LINGER_MS)
  }
}

const none = () => () => undefined

/** Follows a generation; all components of a tab share one connection. `null` follows nothing. */
export function useGeneration(id: string | null): LiveTurn | null {
  const sub = useCallback((listener: () => void) => (id === null ? none() : subscribe(id, listener)), [id])
  return useSyncExternalStore(sub, () => (id === null ? null : (entries.get(id)?.live ?? nothing)))
}

/** Makes a lost connection anew at once. */
export const tryNow = (id: string): void => entries.get(id)?.following?.tryNow()

/** Whether events have come and more will. */
export const isRunning = ({ turn }: LiveTurn): boolean => turn.seq > 0 && isActive(turn.status)

type Value = string | number | boolean | null | undefined

/** Whether it waits for a person's word. */
export const isAsking = ({ turn }: LiveTurn): boolean => questionOf(turn.runs) !== undefined

/**
 * One value of a generation. A part of the page that needs only that is drawn anew only when it changes, not
 * with every event. Starts as the value of a generation of which nothing is known yet.
 */
export function useGenerationValue<T extends Value>(id: string | null, select: (live: LiveTurn) => T): T {
  const sub = useCallback((listener: () => void) => (id === null ? none() : subscribe(id, listener)), [id])
  return useSyncExternalStore(sub, () => select((id === null ? undefined : entries.get(id)?.live) ?? nothing))
}

/** For tests: forgets every stream. */
export function closeAllStreams() {
  for (const entry of entries.values()) {
    clearTimeout(entry.linger)
    entry.following?.stop()
  }
  entries.clear()
}
