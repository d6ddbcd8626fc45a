import { useCallback, useEffect, useEffectEvent, useReducer, useRef, useState } from 'react'

import { type PreviewAddress } from '@/api/generated/wire'
import { sendReports } from '@/api/preview'

import { parseFrameMessage, type FrameMessage, type PickedElement } from './frameMessage'
import { addMessage, emptyLog, type PreviewLog } from './previewLog'
import { networkWatch, reportOf, reportQueue } from './reports'

/** More than this in a second is a loop in the app; the rest is left out. */
const MOST_PER_SECOND = 200

type Action = { type: 'message'; message: FrameMessage } | { type: 'reload' } | { type: 'clear' }

function reduce(log: PreviewLog, action: Action): PreviewLog {
  if (action.type === 'message') return addMessage(log, action.message)
  return action.type === 'reload' ? { ...emptyLog, nextId: log.nextId } : { ...log, entries: [], dropped: 0 }
}

/** The frame, what it said, and how to load it anew. */
export function usePreview(
  projectId: string,
  address: PreviewAddress | undefined,
  relay: boolean,
  onPicked: (element: PickedElement) => void,
) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [log, dispatch] = useReducer(reduce, emptyLog)
  const [loads, setLoads] = useState(0)
  const [picking, setPicking] = useState(false)
  const budget = useRef({ second: 0, used: 0 })
  const queue = useRef<ReturnType<typeof reportQueue>>(undefined)
  const network = useRef<ReturnType<typeof networkWatch>>(undefined)

  useEffect(() => {
    queue.current = reportQueue((items) => sendReports(projectId, items))
    network.current = networkWatch()
    return () => {
      queue.current?.stop()
      network.current?.stop()
    }
  }, [projectId])

  const onMessage = useEffectEvent((event: MessageEvent) => {
    if (!address || event.source === null || event.source !== frame.current?.contentWindow) return
    if (event.origin !== address.origin) return
    const second = Math.floor(event.timeStamp / 1_000)
    if (budget.current.second !== second) budget.current = { second, used: 0 }
    if (++budget.current.used > MOST_PER_SECOND) return
    const message = parseFrameMessage(event.data)
    if (!message) return
    if (message.type === 'picked') {
      // Only what was asked for: the app may not put words into the composer by itself.
      if (picking && message.element) onPicked(message.element)
      setPicking(false)
      return
    }
    dispatch({ type: 'message', message })
    const report = relay ? reportOf(message) : null
    if (report && (report.issue === 'painted' || !network.current?.isAway())) queue.current?.add(report)
  })
  useEffect(() => {
    window.addEventListener('message', onMessage)
    return () => window.removeEventListener('message', onMessage)
  }, [])

  const reload = useCallback(() => {
    setPicking(false)
    dispatch({ type: 'reload' })
    setLoads((n) => n + 1)
  }, [])

  return {
    frame,
    log,
    /** Changes with every load: the frame's React key. */
    loads,
    picking,
    /** Lets the person point at an element in the app; once more stops it. */
    pick: () => {
      const on = !picking
      const origin = address?.mode === 'origin' ? address.origin : '*'
      frame.current?.contentWindow?.postMessage({ qv: 1, type: 'pick', on }, origin)
      setPicking(on)
    },
    reload,
    clear: () => dispatch({ type: 'clear' }),
  }
}
