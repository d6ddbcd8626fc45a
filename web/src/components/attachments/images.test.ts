import { expect, test } from 'vitest'

import { fitted, refusal } from './images'

test.each([
  [
    { width: 800, height: 600 },
    { width: 800, height: 600 },
  ],
  [
    { width: 3_136, height: 1_568 },
    { width: 1_568, height: 784 },
  ],
  [
    { width: 100, height: 6_272 },
    { width: 25, height: 1_568 },
  ],
  [
    { width: 1, height: 100_000 },
    { width: 1, height: 1_568 },
  ],
])('fits %j into %j', (from, to) => expect(fitted(from.width, from.height)).toEqual(to))

test('takes pictures of known types and a sensible size', () => {
  expect(refusal({ type: 'image/png', size: 10, name: 'a.png' })).toBeNull()
  expect(refusal({ type: 'image/svg+xml', size: 10, name: 'a.svg' })).toContain('PNG, JPEG, WebP or GIF')
  expect(refusal({ type: 'image/png', size: 31_000_000, name: 'a.png' })).toContain('30 MB')
})
