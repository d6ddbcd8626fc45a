import { type EditorState, type Text } from '@codemirror/state'

/** A file that is open for editing: it outlives the view, so a change of tabs keeps undo and place. */
export interface Buffer {
  state: EditorState
  /** The content that the server has. */
  saved: Text
  /** Its hash: what the edit began from. */
  hash: string
}

export type Buffers = Map<string, Buffer>

export const isDirty = (buffer: Buffer, doc: Text = buffer.state.doc): boolean => !doc.eq(buffer.saved)
