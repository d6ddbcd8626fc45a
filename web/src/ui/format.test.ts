import { expect, test } from 'vitest'

import { formatBytes, formatDuration, formatMoney, formatRelative, formatTokens, plural } from './format'

test('money to the cent, never rounded to nothing', () => {
  expect([0, 1, 4_999_999, 5_000_000, 32_400_000, 1_234_567_000_000].map(formatMoney)).toEqual([
    '$0.00',
    '<$0.01',
    '<$0.01',
    '$0.01',
    '$0.03',
    '$1,234.57',
  ])
})

test('tokens in thousands', () => {
  expect([0, 999, 1_000, 12_400, 999_949, 999_950, 1_240_000].map(formatTokens)).toEqual([
    '0',
    '999',
    '1k',
    '12.4k',
    '999.9k',
    '1M',
    '1.2M',
  ])
})

test('bytes, durations and counts', () => {
  expect([12, 12_400, 1_200_000, 53_000_000_000].map(formatBytes)).toEqual([
    '12 B',
    '12.4 KB',
    '1.2 MB',
    '53 GB',
  ])
  expect([0, 8, 840, 10_600, 59_600, 125_000, 120_000].map(formatDuration)).toEqual([
    '0 s',
    '<0.1 s',
    '0.8 s',
    '11 s',
    '1 min',
    '2 min 5 s',
    '2 min',
  ])
  expect([plural(1, 'file'), plural(1_200, 'file')]).toEqual(['1 file', '1,200 files'])
})

test('relative times', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const ago = (seconds: number) => formatRelative(new Date(now.getTime() - seconds * 1_000), now)
  expect([5, 300, 7_200, 86_400, 40 * 86_400, 400 * 86_400].map(ago)).toEqual([
    'just now',
    '5 minutes ago',
    '2 hours ago',
    'yesterday',
    'Oct 15',
    'Oct 20, 2025',
  ])
})
