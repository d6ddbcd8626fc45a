import { expect, test } from 'vitest'

import { describeAgent } from './userAgent'

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    { name: 'Chrome 140 on Linux', phone: false },
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    { name: 'Edge 140 on Windows', phone: false },
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    { name: 'Safari 18 on iPhone', phone: true },
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:141.0) Gecko/20100101 Firefox/141.0',
    { name: 'Firefox 141 on Mac', phone: false },
  ],
  ['curl/8.5.0', { name: 'curl 8', phone: false }],
  ['', { name: 'Unknown browser', phone: false }],
  ['x'.repeat(100), { name: `${'x'.repeat(60)}…`, phone: false }],
])('%s', (line, agent) => {
  expect(describeAgent(line)).toEqual(agent)
})
