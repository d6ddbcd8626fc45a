/** The sample app's files, as the scripted generation writes them. */
export const SAMPLE_FILES: Record<string, string> = {
  'index.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <title>Focus timer</title>
    <script type="module" src="/src/main.tsx"></script>
  </head>
  <body>
    <div id="root"></div>
  </body>
</html>
`,
  'package.json': `{
  "name": "focus-timer",
  "dependencies": { "react": "19.3.1", "react-dom": "19.3.1" }
}
`,
  'src/main.tsx': `import { createRoot } from 'react-dom/client'

import { App } from './App'
import './styles.css'

createRoot(document.getElementById('root')!).render(<App />)
`,
  'src/App.tsx': `import { useState } from 'react'

import { Statistics } from './components/Statistics'
import { Timer } from './components/Timer'
import { useSessions } from './lib/sessions'

/** Work for 25 minutes, rest for five, and see how the week went. */
export function App() {
  const [sessions, addSession] = useSessions()
  const [tab, setTab] = useState<'timer' | 'statistics'>('timer')
  return (
    <main className="app">
      <nav>
        <button aria-pressed={tab === 'timer'} onClick={() => setTab('timer')}>
          Timer
        </button>
        <button aria-pressed={tab === 'statistics'} onClick={() => setTab('statistics')}>
          Statistics
        </button>
      </nav>
      {tab === 'timer' ? <Timer onDone={addSession} /> : <Statistics sessions={sessions} />}
    </main>
  )
}
`,
  'src/components/Timer.tsx': `import { useEffect, useState } from 'react'

const LENGTH = 25 * 60

export function Timer({ onDone }: { onDone: (seconds: number) => void }) {
  const [left, setLeft] = useState(LENGTH)
  const [running, setRunning] = useState(false)

  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setLeft((s) => Math.max(0, s - 1)), 1000)
    return () => clearInterval(timer)
  }, [running])

  useEffect(() => {
    if (left > 0) return
    setRunning(false)
    setLeft(LENGTH)
    onDone(LENGTH)
  }, [left, onDone])

  const minutes = String(Math.floor(left / 60)).padStart(2, '0')
  const seconds = String(left % 60).padStart(2, '0')
  return (
    <section>
      <h1>
        {minutes}:{seconds}
      </h1>
      <button onClick={() => setRunning(!running)}>{running ? 'Pause' : 'Start'}</button>
      <button onClick={() => setLeft(LENGTH)}>Reset</button>
    </section>
  )
}
`,
  'src/components/Statistics.tsx': `import { type Session } from '../lib/sessions'

export function Statistics({ sessions }: { sessions: Session[] }) {
  const total = sessions.reduce((sum, s) => sum + s.seconds, 0)
  return (
    <section>
      <h1>{Math.round(total / 60)} minutes</h1>
      <p>{sessions.length} sessions so far.</p>
    </section>
  )
}
`,
  'src/lib/sessions.ts': `import { useState } from 'react'

export interface Session {
  at: string
  seconds: number
}

const KEY = 'sessions'

export function useSessions() {
  const [sessions, setSessions] = useState<Session[]>(() => JSON.parse(localStorage.getItem(KEY) ?? '[]'))
  const add = (seconds: number) => {
    const next = [...sessions, { at: new Date().toISOString(), seconds }]
    localStorage.setItem(KEY, JSON.stringify(next))
    setSessions(next)
  }
  return [sessions, add] as const
}
`,
  'src/styles.css': `:root {
  color-scheme: dark;
  font-family: system-ui, sans-serif;
}

body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  background: #14161f;
  color: #f4f2ee;
}
`,
}
