import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FileNames } from './mentions'

const PATHS = ['src/App.tsx', 'src/lib/time.ts', 'src/pages/[id].tsx', 'a/index.ts', 'b/index.ts', 'Makefile']
const names = new FileNames(PATHS)

test.each([
  ['src/App.tsx', { path: 'src/App.tsx' }],
  ['./src/App.tsx', { path: 'src/App.tsx' }],
  ['/src/App.tsx:12', { path: 'src/App.tsx', line: 12 }],
  ['src/App.tsx:12:5', { path: 'src/App.tsx', line: 12 }],
  ['src/App.tsx:12-30', { path: 'src/App.tsx', line: 12 }],
  ['src/App.tsx#L7-L9', { path: 'src/App.tsx', line: 7 }],
  ['App.tsx:3', { path: 'src/App.tsx', line: 3 }],
  ['lib/time.ts', { path: 'src/lib/time.ts' }],
  ['src/App.tsx:0', { path: 'src/App.tsx' }],
  // Two files end so: nobody knows which.
  ['index.ts', null],
  ['a/index.ts', { path: 'a/index.ts' }],
  ['src/Gone.tsx', null],
  ['../src/App.tsx', null],
  ['https://evil.example/src/App.tsx', null],
  // A word of the language, too.
  ['Makefile', null],
  ['./Makefile', { path: 'Makefile' }],
  [`${'x/'.repeat(200)}App.tsx`, null],
])('%s means %j', (word, spot) => expect(names.spotOf(word)).toEqual(spot))

test.each([
  ['See src/App.tsx:5.', ['src/App.tsx:5']],
  ['(src/App.tsx), "lib/time.ts": both', ['src/App.tsx', 'lib/time.ts']],
  ['In src/pages/[id].tsx, too', ['src/pages/[id].tsx']],
  ['“src/App.tsx:3–9”!', ['src/App.tsx:3–9']],
  ['src/App.tsxx and notsrc/App.tsx', []],
  ['', []],
])('in %s it finds %j', (text, found) => {
  const parts = names.partsOf(text)
  expect(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.text]))).toEqual(found)
})

test('no text is lost or made', () => {
  const piece = fc.constantFrom(
    ...PATHS,
    ':12',
    '#L3',
    ' ',
    '\n',
    '(',
    ')',
    '[',
    ']',
    '.',
    ':',
    '“',
    '番茄',
    'a/b',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      const parts = names.partsOf(text)
      expect(parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')).toBe(text)
    }),
    { numRuns: 300 },
  )
})

test('a long hostile text is read in a moment', () => {
  const started = performance.now()
  for (const unit of ['(', 'src/', '.:', '[a.', ':1']) names.partsOf(unit.repeat(100_000))
  expect(performance.now() - started).toBeLessThan(2_000)
})
