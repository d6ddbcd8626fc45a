import { type Event } from '@/api/generated/wire'

import { parseEvent } from './shape'
import { SseParser } from './sse'

/** Reads events from bytes cut anywhere, also inside a character or a line's ending. */
export class EventReader {
  readonly #parser = new SseParser()
  // The parser takes off the mark of byte order; two of them would be one too many.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  /** The events that these bytes complete; `null` stands for a message that cannot be read. */
  push(bytes: Uint8Array): (Event | null)[] {
    const text = this.#decoder.decode(bytes, { stream: true })
    return this.#parser.push(text).map((message) => parseEvent(message.data))
  }

  /** How long the server asks clients to wait before they come back, in milliseconds; `null` when it said nothing. */
  get retryMs(): number | null {
    return this.#parser.retryMs
  }
}
