import { readFileSync } from 'node:fs'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** The script that preview pages load: not part of this app, so its types are not. */
const SCRIPT = readFileSync(`${import.meta.dirname}/../../../../../crates/webcore/client/picker.js`, 'utf8')
type Send = (type: string, data: Record<string, unknown>) => void
const picker = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(SCRIPT)}`)) as {
  start: (send: Send) => void
}

const url = (path: string) => `${location.origin}/app${path}`
const CODE = 'import x\nconst a = 1\njsx("button")\n//# sourceMappingURL=/app/src/App.tsx?map=1\n'
// Nothing, then line 1 of the source, then line 5 from column 1 and line 7 from column 11.
const MAP = { mappings: ';AAAA;AAIA,UAEA' }

beforeEach(() => {
  vi.stubGlobal('CSS', { escape: (text: string) => text })
  vi.stubGlobal('__qv', { config: { base: '/app' } })
  vi.stubGlobal('fetch', (asked: string | URL) =>
    Promise.resolve(String(asked).includes('map=') ? Response.json(MAP) : new Response(CODE)),
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

function press(change: object): Promise<Record<string, unknown>> {
  document.body.innerHTML = '<main><button>Start</button></main>'
  const button = document.querySelector('button')
  if (!button) throw new Error('there is no button')
  Object.assign(button, change)
  return new Promise((resolve) => {
    picker.start((_type, data) => resolve(data))
    button.click()
  })
}

test.each([
  ['3:2', 5],
  ['3:11', 7],
])('React’s own stack leads to the line of the source: %s', async (at, line) => {
  const stack = `Error: react-stack-top-frame\n    at jsx (${url('/@qv/react.js')}:9:9)\n    at App (${url('/src/App.tsx?t=3')}:${at})`
  const owner = { type: { render: Object.assign(() => null, { displayName: 'App' }) } }
  const picked = await press({ __reactFiber$x: { _debugStack: { stack }, _debugOwner: owner } })
  expect(picked).toMatchObject({ text: 'Start', source: { file: 'src/App.tsx', line, component: 'App' } })
})

test('Vue, Svelte and React 18 say where', async () => {
  const vue = { __vueParentComponent: { type: { __file: 'src/Timer.vue', __name: 'Timer' } } }
  expect(await press(vue)).toMatchObject({ components: ['Timer'], source: { file: 'src/Timer.vue' } })
  const svelte = { __svelte_meta: { loc: { file: 'src/Timer.svelte', line: 4 } } }
  expect(await press(svelte)).toMatchObject({ source: { file: 'src/Timer.svelte', line: 4 } })
  const old = { __reactFiber$x: { _debugSource: { fileName: 'src/App.tsx', lineNumber: 8 } } }
  expect(await press(old)).toMatchObject({ source: { file: 'src/App.tsx', line: 8 } })
})

test('other sites, packages and pages without components have no place', async () => {
  const stack = `at a (https://elsewhere.example/app/src/App.tsx:1:1)\nat b (${url('/@qv/react.js')}:1:1)`
  expect(await press({ __reactFiber$x: { _debugStack: stack } })).toMatchObject({ source: null })
  expect(await press({})).toMatchObject({ source: null, components: [] })
})

test('a map that is not there leaves the file', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')))
  const picked = await press({ __reactFiber$x: { _debugStack: `at App (${url('/src/App.tsx')}:3:2)` } })
  expect(picked).toMatchObject({ source: { file: 'src/App.tsx', line: null } })
})
