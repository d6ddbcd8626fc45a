import { HttpResponse } from 'msw'

import { type Run } from './db'

/** A generation's log from `after` on, then whatever comes, until the final event: as the server does it. */
export function sse(run: Run, after: number): Response {
  const encoder = new TextEncoder()
  let sent = after
  let pump: () => void
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      pump = () => {
        for (const event of run.events.slice(sent)) {
          controller.enqueue(
            encoder.encode(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
          )
          sent = event.seq
        }
        if (run.generation.finished_at !== null && sent >= run.events.length) {
          run.listeners.delete(pump)
          controller.close()
        }
      }
      run.listeners.add(pump)
      pump()
    },
    cancel() {
      run.listeners.delete(pump)
    },
  })
  return new HttpResponse(body, {
    headers: { 'content-type': 'text/event-stream', 'x-last-seq': String(run.events.length) },
  })
}
