import { type DiffLine, type FileDiff, type VersionDiff } from '@/api/generated/wire'

/** A plain diff, good enough to look at: common head and tail, the rest replaced. */
export function diffOf(
  from: number,
  before: ReadonlyMap<string, string>,
  to: number,
  after: ReadonlyMap<string, string>,
): VersionDiff {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return {
    from,
    to,
    files: paths
      .filter((p) => before.get(p) !== after.get(p))
      .map((p) => fileDiff(p, before.get(p), after.get(p))),
  }
}

function fileDiff(path: string, before: string | undefined, after: string | undefined): FileDiff {
  const a = before?.replace(/\n$/, '').split('\n') ?? []
  const b = after?.replace(/\n$/, '').split('\n') ?? []
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const start = Math.max(0, head - 3)
  const lines = (kind: DiffLine['kind'], texts: string[]) => texts.map((text): DiffLine => ({ kind, text }))
  return {
    path,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    added: b.length - head - tail,
    removed: a.length - head - tail,
    binary: false,
    truncated: false,
    hunks: [
      {
        old_start: start + 1,
        new_start: start + 1,
        lines: [
          ...lines('same', a.slice(start, head)),
          ...lines('removed', a.slice(head, a.length - tail)),
          ...lines('added', b.slice(head, b.length - tail)),
          ...lines('same', a.slice(a.length - tail, a.length - tail + 3)),
        ],
      },
    ],
  }
}
