import { useEffect, useReducer, useRef, useState } from 'react'

import { sandboxLogUrl } from '@/api/sandbox'
import { addParts, clearLog, emptyServerLog, type ServerLog } from '@/components/log/serverLog'
import { followOutput, type OutputPart } from '@/stream/output'
import { initialStatus } from '@/stream/status'
import { type Stream } from '@/stream/transport'

const reduce = (log: ServerLog, parts: OutputPart[] | 'clear'): ServerLog =>
  parts === 'clear' ? clearLog(log) : addParts(log, parts)

/** What the app's machine writes, followed while it is shown. */
export function useServerLog(projectId: string) {
  const [log, dispatch] = useReducer(reduce, emptyServerLog)
  const [status, setStatus] = useState(initialStatus)
  const stream = useRef<Stream>(null)
  useEffect(() => {
    const following = followOutput({ url: sandboxLogUrl(projectId), onParts: dispatch, onStatus: setStatus })
    stream.current = following
    return () => following.stop()
  }, [projectId])
  return {
    log,
    status,
    clear: () => dispatch('clear'),
    tryNow: () => stream.current?.tryNow(),
  }
}
