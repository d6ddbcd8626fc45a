import { type Event } from '@/api/generated/wire'

import { type FileActivity } from './state'

type FileEvent = Extract<
  Event,
  { type: 'file_opened' | 'file_delta' | 'file_closed' | 'edit_applied' | 'edit_failed' }
>

/** What a turn does with its files, one event further. */
export function fileStep(files: FileActivity[], event: FileEvent): FileActivity[] {
  const at = files.findIndex((f) => f.path === event.path)
  const old = files[at]
  const put = (file: FileActivity) => (at < 0 ? [...files, file] : files.with(at, file))
  // What was taken back is begun anew.
  const base: FileActivity = (old?.state === 'taken_back' ? undefined : old) ?? {
    path: event.path,
    from: null,
    op: 'op' in event ? event.op : 'write',
    state: 'writing',
    text: '',
    lines: 0,
    added: 0,
    removed: 0,
    reason: null,
  }
  switch (event.type) {
    case 'file_opened': {
      // Several replacements in one file follow each other; anything else begins the file anew.
      const goesOn = event.op === 'replace' && base.state === 'written' && base.op === 'replace'
      const text = goesOn ? `${base.text}\n` : ''
      return put({
        ...base,
        op: event.op,
        state: 'writing',
        reason: null,
        text,
        lines: goesOn ? base.lines : 0,
      })
    }
    case 'file_delta':
      return put({ ...base, text: base.text + event.text, lines: base.lines + newlines(event.text) })
    case 'file_closed':
      return put({
        ...base,
        state: 'written',
        lines: base.text !== '' && !base.text.endsWith('\n') ? base.lines + 1 : base.lines,
      })
    case 'edit_applied':
      return put({
        ...base,
        from: event.from ?? base.from,
        op: event.op,
        state: 'applied',
        reason: null,
        added: base.added + event.added,
        removed: base.removed + event.removed,
      })
    case 'edit_failed':
      return put({ ...base, state: 'failed', reason: event.reason })
  }
}

/** The files that are as before, whatever was done to them. */
export const takeBack = (files: FileActivity[], paths: readonly string[]): FileActivity[] =>
  files.map((file) => (paths.includes(file.path) ? { ...file, state: 'taken_back' } : file))

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
