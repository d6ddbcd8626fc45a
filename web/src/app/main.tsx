import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { cspNonce } from '@/ui/nonce'

import { App } from './App'
import './styles.css'

declare global {
  // Read by the scroll lock under Radix's dialogs and by the terminal, which add style elements.
  var __webpack_nonce__: string | undefined
}

globalThis.__webpack_nonce__ = cspNonce()

async function start() {
  // `npm run dev:mock` only: the condition is false at build time and the import is left out.
  if (import.meta.env.MODE === 'mock') {
    const { startMock } = await import('@/testing/browser')
    await startMock()
  }
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

void start()
