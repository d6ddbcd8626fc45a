import { expect, test } from 'vitest'

import { formatPrice, parsePrice } from './price'

test('a price is read to the millionth and written back', () => {
  expect(parsePrice('3')).toBe(3_000_000)
  expect(parsePrice(' $0,25 ')).toBe(250_000)
  expect(parsePrice('0.000001')).toBe(1)
  for (const wrong of ['', '.5', '-1', '1e3', '0.0000001', 'many']) expect(parsePrice(wrong)).toBeNull()
  expect([formatPrice(3_000_000), formatPrice(250_000), formatPrice(1)]).toEqual([
    '$3.00',
    '$0.25',
    '$0.000001',
  ])
})
