import { expect, test } from 'vitest'

import { passwordRules } from './passwordRules'

const ada = { name: 'Ada', email: 'lovelace@example.org' }
const held = (password: string, account = ada) => passwordRules(password, account).map((rule) => rule.held)

test.each([
  ['', [false, false, false]],
  ['elevenchars', [false, true, true]],
  ['twelve chars 7', [false, true, true]],
  ['Twelve chars 7', [true, true, true]],
  ['ΔÉLTA ωméga ٣', [true, true, true]],
  ['fifteen letters', [true, true, true]],
  ['😀😁😂🤣😃😄😅😆😉😊😋😎😐😑😒', [true, true, true]],
  ['aaaaaaaaaaaaaaa', [true, false, true]],
  ['the ADA machine', [true, true, false]],
  ['lovelace was first', [true, true, false]],
])('%j', (password, expected) => {
  expect(held(password)).toEqual(expected)
})

test('names too short to tell anything do not count', () => {
  expect(held('a quiet workshop', { name: 'A', email: 'q@example.org' })).toEqual([true, true, true])
})
