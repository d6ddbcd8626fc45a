import { expect, test } from 'vitest'

import { declares } from './dependencies'

test.each([
  ['{ "dependencies": { "zod": "^4" } }', true],
  ['{ "dependencies": { "react": "19" } }', false],
  ['{ "dependencies": {} }', false],
  ['{ "dependencies": null }', false],
  ['{ "name": "zod" }', false],
  ['[]', false],
  ['{ nope', false],
])('%s', (manifest, expected) => expect(declares(manifest, 'zod')).toBe(expected))

test('a name of every object is not a dependency', () => {
  expect(declares('{ "dependencies": {} }', 'constructor')).toBe(false)
})
