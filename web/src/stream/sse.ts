/** One message of an event stream. */
export interface SseFrame {
  id: string | null
  event: string
  data: string
}

/**
 * Reads an event stream (WHATWG, "server-sent events") from text cut anywhere: feed it chunks in order, get
 * whole messages. Comments, the server's heartbeat, yield nothing.
 */
export class SseParser {
  #rest = ''
  #started = false
  #id: string | null = null
  #event = ''
  #data: string[] = []
  #retryMs: number | null = null

  /** The last `retry:`, in milliseconds. */
  get retryMs(): number | null {
    return this.#retryMs
  }

  push(chunk: string): SseFrame[] {
    let text = this.#rest + chunk
    if (!this.#started && text !== '') {
      this.#started = true
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    const frames: SseFrame[] = []
    let from = 0
    for (;;) {
      const end = lineEnd(text, from)
      if (!end) break
      const frame = this.#line(text.slice(from, end.at))
      if (frame) frames.push(frame)
      from = end.next
    }
    this.#rest = text.slice(from)
    return frames
  }

  #line(line: string): SseFrame | null {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'id' && !value.includes('\0')) this.#id = value
    else if (field === 'event') this.#event = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'retry' && /^[0-9]{1,9}$/.test(value)) this.#retryMs = Number(value)
    return null
  }

  #dispatch(): SseFrame | null {
    const data = this.#data
    const event = this.#event === '' ? 'message' : this.#event
    this.#data = []
    this.#event = ''
    return data.length === 0 ? null : { id: this.#id, event, data: data.join('\n') }
  }
}

/** The end of the line from `from` on; none while a lone CR at the end may still become CR LF. */
function lineEnd(text: string, from: number): { at: number; next: number } | null {
  for (let i = from; i < text.length; i++) {
    const char = text[i]
    if (char === '\n') return { at: i, next: i + 1 }
    if (char === '\r') {
      if (i + 1 === text.length) return null
      return { at: i, next: text[i + 1] === '\n' ? i + 2 : i + 1 }
    }
  }
  return null
}
