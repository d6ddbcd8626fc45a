import { useInfiniteQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'

import { inOrder, messagesQuery } from '@/api/messages'
import { type RunActivity } from '@/stream/state'
import { isActive } from '@/stream/summary'
import { useGeneration } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { useNow } from '@/ui/useNow'

import { useWorkspace } from '../context'
import { RunOutput } from '../turn/RunOutput'
import { runTime, runWords } from '../turn/words'
import { TESTS_PROMPT } from './words'

/** Turns that are looked through for a run of the tests: their logs are read one after another. */
const TURNS_BACK = 5

/** The newest run of the app's own tests in these turns, the newest turn first. */
function useNewestTests(ids: readonly string[]): RunActivity | null {
  const newest = ids[0]
  const [at, setAt] = useState({ newest, index: 0 })
  // A new turn may have tests.
  if (at.newest !== newest) setAt({ newest, index: 0 })
  const live = useGeneration(ids[at.index] ?? null)
  const run = live?.turn.runs.findLast(({ tool }) => tool === 'test') ?? null
  const over = live !== null && live.turn.seq > 0 && !isActive(live.turn.status)
  if (run === null && over && at.index < Math.min(ids.length, TURNS_BACK) - 1) {
    setAt({ newest, index: at.index + 1 })
  }
  return run
}

/** The app's own tests: what they said when the agent last ran them. */
export function TestResults() {
  const { project, liveId, canEdit, compose } = useWorkspace()
  const messages = useInfiniteQuery(messagesQuery(project.id))
  const ids = (messages.data ? inOrder(messages.data) : [])
    .filter(({ role, mode, set_aside }) => role === 'user' && mode === 'build' && !set_aside)
    .flatMap(({ generation }) => (generation ? [generation.id] : []))
    .reverse()
  const all = liveId === null || ids.includes(liveId) ? ids : [liveId, ...ids]
  const run = useNewestTests(all)
  const now = useNow(run?.state === 'running' ? 'live' : 'off')

  return (
    <section aria-label="Tests" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h4 className="text-sm font-medium text-ink-muted">Tests</h4>
        {canEdit && (
          <Button size="sm" icon={<FlaskConical />} className="ml-auto" onClick={() => compose(TESTS_PROMPT)}>
            Write tests
          </Button>
        )}
      </div>
      {run ? (
        <div className="rounded-card border pt-2 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2 px-3 pb-1">
            <code className="min-w-0 font-mono text-xs wrap-anywhere">{run.command}</code>
            <span className={cx('text-xs', run.state === 'failed' ? 'text-danger' : 'text-ink-muted')}>
              {runWords(run)} {runTime(run, now)}
            </span>
          </p>
          <RunOutput run={run} />
        </div>
      ) : (
        <p className="text-sm text-pretty text-ink-muted">
          The agent can write Vitest or Playwright tests into the project and run them. What they said last
          shows here.
        </p>
      )}
    </section>
  )
}
