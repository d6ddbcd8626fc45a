import { type CheckKind, type ToolEnd } from '@/api/generated/wire'
import { questionOf } from '@/stream/runs'
import { type RunActivity, type TurnState } from '@/stream/state'
import { isActive } from '@/stream/summary'
import { formatDuration, formatMoney, formatWait, plural } from '@/ui/format'

import { roleLook } from './roles'

/** A provider is asked this often at most. */
const MOST_TRIES = 3

/** Where the turn stands in the queue, if the server said. */
function queueOf({ notice }: TurnState): string | null {
  if (notice?.kind !== 'queued') return null
  return notice.position === 0
    ? 'Waiting: yours is the next turn'
    : `Waiting: ${plural(notice.position, 'turn')} before yours`
}

/** What happened, without the advice that may follow: it is being taken already. */
const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text

/** What happens to the turn while it does nothing itself, in a sentence or two; `null` when it works. */
export function noticeOf({ notice, status }: TurnState, now: number): string | null {
  if (!isActive(status)) return null
  if (notice?.kind === 'resumed') return 'The server was restarted. Going on from where it was.'
  if (notice?.kind !== 'retrying') return null
  const left = Math.min(notice.waitMs, Date.parse(notice.at) + notice.waitMs - now)
  const when = left > 0 ? ` in ${formatWait(left)}` : ''
  return `${firstSentence(notice.reason)} Trying again${when} (${notice.attempt} of ${MOST_TRIES})`
}

/** How much of a month's budget is used now. */
export function budgetNotice({ purse, percent, limitNanousd }: NonNullable<TurnState['budget']>): string {
  const whose = purse === 'project' ? "This project's budget" : 'Your budget'
  const limit = formatMoney(limitNanousd)
  return percent >= 100
    ? `${whose} of ${limit} for this month is used up.`
    : `${percent} % of ${whose.toLowerCase()} of ${limit} for this month is used.`
}

const CHECKING: Record<CheckKind, string> = {
  compile: 'Compiling the app',
  lint: 'Looking for loose ends',
  types: 'Checking the types',
  runtime: 'Running the app',
  smoke: 'Trying what worked before',
}

/** What the agent does now, in a few words. */
export function activityOf(turn: TurnState): string {
  if (turn.status === 'queued') return queueOf(turn) ?? 'Waiting to start'
  if (questionOf(turn.runs)) return 'Waits for you'
  if (turn.notice?.kind === 'retrying') return 'Waiting for the provider'
  const run = turn.runs.at(-1)
  if (run?.state === 'running') return `Running ${run.command}`
  if (run?.state === 'allowed') return 'Starting what you allowed'
  const writing = turn.files.findLast((f) => f.state === 'writing')
  if (writing) return `Writing ${writing.path.split('/').at(-1) ?? writing.path}`
  const check = turn.checks.at(-1)
  if (check?.state === 'running') {
    return Object.hasOwn(CHECKING, check.check) ? CHECKING[check.check] : 'Checking the app'
  }
  if (turn.role && turn.role.note !== '') return turn.role.note
  return turn.mode === 'ask' ? 'Thinking about an answer' : 'Working'
}

/** How a finished turn ended, in a few words. */
export function outcomeOf(turn: TurnState): string {
  if (turn.rolledBack) return 'Taken back'
  if (turn.status === 'failed') return 'Did not finish'
  if (turn.status === 'cancelled') return 'Stopped'
  if (turn.version !== null) return `Version ${turn.version}`
  if (turn.questions.length > 0) return 'Asks you'
  return turn.mode === 'ask' ? 'Answered' : turn.mode === 'plan' ? 'Planned' : 'Done, nothing changed'
}

/** For live regions: one short sentence per step, nothing per word or line. */
export function announcementOf(turn: TurnState): string {
  if (turn.rolledBack && !isActive(turn.status))
    return `The changes were taken back. ${turn.rolledBack.reason}`
  // Why is read aloud by the card's alert.
  if (turn.status === 'failed') return 'The turn did not finish.'
  if (turn.status === 'cancelled') return 'The turn was stopped.'
  if (!isActive(turn.status)) {
    if (turn.version === null && turn.questions.length > 0) {
      return `The agent asks you ${plural(turn.questions.length, 'question')}.`
    }
    if (turn.version === null) return turn.mode === 'plan' ? 'The plan is ready.' : 'The answer is complete.'
    return `Version ${turn.version} is ready${turn.verified === true ? ' and verified' : ''}.`
  }
  const question = questionOf(turn.runs)
  if (question) return `The agent waits for you. It wants to run ${question.command}. ${question.why ?? ''}`
  if (turn.notice?.kind === 'retrying') return `${firstSentence(turn.notice.reason)} The agent tries again.`
  if (turn.notice?.kind === 'resumed') return 'The server was restarted. The agent goes on.'
  const queue = queueOf(turn)
  if (queue !== null) return `${queue}.`
  const run = turn.runs.at(-1)
  if (run?.state === 'running') return `Running ${run.command}.`
  if (run?.state === 'allowed') return `Allowed: ${run.command}.`
  const last = turn.past?.event.type
  if (run && (last === 'tool_finished' || last === 'permission_answered')) {
    return `${runWords(run)}: ${run.command}.`
  }
  if (last === 'review_finished' && turn.review) {
    const { length } = turn.review.findings
    return length === 0
      ? 'The reviewer found nothing wrong.'
      : `The reviewer found ${plural(length, 'thing')}.`
  }
  if (last === 'suggested') {
    return `${plural(turn.suggested.length, 'change waits', 'changes wait')} for you.`
  }
  const repair = turn.repairs.at(-1)
  const check = turn.checks.at(-1)
  if (repair && check?.state === 'failed') return `Repair ${repair.round}: ${repair.reason}.`
  if (last === 'smoke_finished' || (check?.check === 'smoke' && check.state === 'failed')) {
    return smokeWords(turn)
  }
  if (check?.state === 'failed') return `A check found ${plural(check.diagnostics.length, 'problem')}.`
  const writing = turn.files.findLast((f) => f.state === 'writing')
  if (writing) return `Writing ${writing.path}.`
  if (turn.role) return `${roleLook(turn.role.role).label}: ${turn.role.note}.`
  return 'The agent is at work.'
}

function smokeWords({ smoke }: TurnState): string {
  const broken = smoke.filter(({ ok }) => !ok).length
  return broken === 0
    ? 'What worked before still does.'
    : `${plural(broken, 'check')} of what worked before failed.`
}

const ENDS: Record<ToolEnd, string> = {
  exited: 'Failed',
  killed: 'Was ended',
  timed_out: 'Took too long',
  out_of_memory: 'Ran out of memory',
  lost: 'Lost with its server',
  not_started: 'Could not start',
}

/** What became of a run, in a few words. How it ended may be in the words of a newer server. */
export function runWords({ tool, state, result }: RunActivity): string {
  switch (state) {
    case 'asked':
      return 'Waits for you'
    case 'allowed':
      return 'Allowed'
    case 'refused':
      return 'Not run'
    case 'running':
      return 'Running'
    case 'stopped':
      return 'Stopped'
    case 'ok':
      return tool === 'test' ? 'Tests passed' : 'Ok'
    case 'failed': {
      const { end = 'exited', exit = null } = result ?? {}
      if (end !== 'exited') return Object.hasOwn(ENDS, end) ? ENDS[end] : ENDS.exited
      if (tool === 'test') return 'Tests failed'
      return exit === null ? ENDS.exited : `Failed with exit code ${exit}`
    }
  }
}

/** How long a run took, or takes so far; `null` when it never began. */
export function runTime({ state, startedAt, result }: RunActivity, now: number): string | null {
  if (result)
    return result.end === 'not_started' || result.end === 'lost' ? null : formatDuration(result.durationMs)
  if (state !== 'running' || startedAt === null) return null
  return `${Math.max(0, Math.floor((now - Date.parse(startedAt)) / 1_000))} s`
}

/** `+182 -3`, of files that are in the project. */
export function lineTotals(turn: TurnState): { added: number; removed: number } {
  return turn.files
    .filter(({ state }) => state !== 'taken_back')
    .reduce((sum, file) => ({ added: sum.added + file.added, removed: sum.removed + file.removed }), {
      added: 0,
      removed: 0,
    })
}
