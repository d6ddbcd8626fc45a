import { type DiffHunk, type DiffLine } from '@/api/generated/wire'

/** A line with its numbers in the old and the new file. */
export interface NumberedLine extends DiffLine {
  old: number | null
  new: number | null
}

export function numbered(hunk: DiffHunk): NumberedLine[] {
  let before = hunk.old_start
  let after = hunk.new_start
  return hunk.lines.map((line) => ({
    ...line,
    old: line.kind === 'added' ? null : before++,
    new: line.kind === 'removed' ? null : after++,
  }))
}

/** Lines as pairs: what was removed beside what came for it. */
export function sideBySideRows(hunk: DiffHunk): [NumberedLine | null, NumberedLine | null][] {
  const rows: [NumberedLine | null, NumberedLine | null][] = []
  let removed: NumberedLine[] = []
  let added: NumberedLine[] = []
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      rows.push([removed[i] ?? null, added[i] ?? null])
    removed = []
    added = []
  }
  for (const line of numbered(hunk)) {
    if (line.kind === 'removed') {
      // A removal after additions begins a new change.
      if (added.length > 0) flush()
      removed.push(line)
    } else if (line.kind === 'added') added.push(line)
    else {
      flush()
      rows.push([line, line])
    }
  }
  flush()
  return rows
}
