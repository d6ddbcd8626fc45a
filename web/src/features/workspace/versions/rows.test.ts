import { expect, test } from 'vitest'

import { type DiffHunk } from '@/api/generated/wire'

import { numbered, sideBySideRows } from './rows'

const hunk: DiffHunk = {
  old_start: 4,
  new_start: 6,
  lines: [
    { kind: 'same', text: 'a' },
    { kind: 'removed', text: 'b' },
    { kind: 'removed', text: 'c' },
    { kind: 'added', text: 'B' },
    { kind: 'same', text: 'd' },
    { kind: 'added', text: 'e' },
  ],
}

test('numbers the lines of both files', () => {
  expect(numbered(hunk).map((line) => [line.old, line.new])).toEqual([
    [4, 6],
    [5, null],
    [6, null],
    [null, 7],
    [7, 8],
    [null, 9],
  ])
})

test('puts what came beside what went', () => {
  expect(sideBySideRows(hunk).map(([left, right]) => [left?.text, right?.text])).toEqual([
    ['a', 'a'],
    ['b', 'B'],
    ['c', undefined],
    ['d', 'd'],
    [undefined, 'e'],
  ])
})
