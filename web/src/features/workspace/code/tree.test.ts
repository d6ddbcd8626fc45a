import { expect, test } from 'vitest'

import { pathProblem, treeRows } from './tree'

const files = ['src/App.tsx', 'src/ui/Button.tsx', 'index.html', 'src/a10.ts', 'src/a9.ts'].map((path) => ({
  path,
}))

test('shows folders first and numbers in order', () => {
  expect(treeRows(files, new Set()).map((row) => `${'  '.repeat(row.depth)}${row.name}`)).toEqual([
    'src',
    '  ui',
    '    Button.tsx',
    '  a9.ts',
    '  a10.ts',
    '  App.tsx',
    'index.html',
  ])
})

test('leaves out what is in closed folders', () => {
  expect(treeRows(files, new Set(['src'])).map((row) => [row.path, row.open])).toEqual([
    ['src', false],
    ['index.html', false],
  ])
})

test.each(['', '/a', 'a//b', '../a', 'a/./b', 'a:b', 'index.html'])('refuses the path %j', (path) => {
  expect(pathProblem(path, new Set(['index.html']))).not.toBeNull()
})

test('takes a plain path', () => {
  expect(pathProblem('src/new file.ts', new Set())).toBeNull()
})
