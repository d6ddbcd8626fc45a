import { expect, test } from 'vitest'

import { declares, withDependency } from './dependencies'

test('adds a dependency in order and keeps the rest', () => {
  const manifest = '{ "name": "app", "dependencies": { "react": "19.0.0" }, "type": "module" }'
  const next = withDependency(manifest, 'canvas-confetti') ?? ''
  expect(JSON.parse(next)).toEqual({
    name: 'app',
    dependencies: { 'canvas-confetti': '*', react: '19.0.0' },
    type: 'module',
  })
  expect(declares(manifest, 'canvas-confetti')).toBe(false)
  expect(declares(next, 'canvas-confetti')).toBe(true)
})

test('makes a manifest where there is none, and leaves a broken one alone', () => {
  expect(JSON.parse(withDependency(null, 'zod') ?? '')).toEqual({ dependencies: { zod: '*' } })
  expect(withDependency('{ nope', 'zod')).toBeNull()
  expect(withDependency('[]', 'zod')).toBeNull()
})
