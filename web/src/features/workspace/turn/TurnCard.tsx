import {
  ChevronDown,
  CircleAlert,
  CircleCheck,
  CirclePause,
  CircleSlash,
  Hand,
  History,
  MessageCircleQuestion,
  MonitorPlay,
  RefreshCw,
  Undo2,
  Wallet,
  WifiOff,
  type LucideIcon,
} from 'lucide-react'
import { useId, useRef, useState } from 'react'

import { type EngineKind, type Generation } from '@/api/generated/wire'
import { ENGINES } from '@/components/engines'
import { roleCosts } from '@/stream/roles'
import { questionOf } from '@/stream/runs'
import { type TurnState } from '@/stream/state'
import { type Trouble } from '@/stream/status'
import { costOf, elapsedMs, isActive, type TurnCost } from '@/stream/summary'
import { cx } from '@/ui/cx'
import { formatDuration, formatMoney, plural } from '@/ui/format'
import { useNow } from '@/ui/useNow'

import { CheckRows } from './CheckRows'
import { FileRows } from './FileRows'
import { LineCounts } from './LineCounts'
import { PlanList } from './PlanList'
import { Question } from './Question'
import { ReviewRows } from './ReviewRows'
import { RoleCosts } from './RoleCosts'
import { RoleLine } from './RoleLine'
import { roleLook } from './roles'
import { RunRows } from './RunRows'
import { Screenshot } from './Screenshot'
import { Section } from './Section'
import { SentFiles } from './SentFiles'
import { Suggested } from './Suggested'
import { TurnFooter } from './TurnFooter'
import { activityOf, budgetNotice, lineTotals, noticeOf, outcomeOf } from './words'

interface TurnCardProps {
  /** The generation's. */
  id: string
  turn: TurnState
  generation: Generation | null
  /** What is the matter with the connection by which this is known. */
  trouble?: Trouble | null
}

/** What the agent does about a message: everything while it works, one line when it is done. */
export function TurnCard({ id, turn, generation, trouble = null }: TurnCardProps) {
  const active = isActive(turn.status)
  const [choice, setChoice] = useState<boolean | null>(null)
  const open = choice ?? (active || turn.status === 'failed')
  const now = useNow(active ? 'live' : 'off')
  const elapsed = elapsedMs(turn, generation, now)
  const cost = costOf(turn, generation)
  const bodyId = useId()
  const header = useRef<HTMLButtonElement>(null)
  const question = questionOf(turn.runs)
  // What is asked about stands in the question, whole.
  const runs = turn.runs.filter((run) => run !== question)
  const notice = noticeOf(turn, now)
  const NoticeIcon = turn.notice?.kind === 'resumed' ? History : RefreshCw
  const empty =
    turn.plan.length +
      turn.files.length +
      turn.checks.length +
      turn.smoke.length +
      turn.repairs.length +
      turn.runs.length +
      turn.questions.length ===
      0 && turn.starter === null
  const roles = active ? [] : roleCosts(turn, generation)

  const sent = turn.steps.find((step) => step.files.length > 0)?.files ?? []

  return (
    <article
      aria-label="What the agent did"
      className={cx(
        '@container overflow-clip rounded-card border bg-surface',
        active && 'border-line-strong',
      )}
    >
      <button
        ref={header}
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setChoice(!open)}
        className="sticky top-0 z-10 flex min-h-10 w-full items-center gap-2 bg-surface px-3 py-2 text-left transition-colors hover:bg-hover focus-visible:-outline-offset-2"
      >
        {active ? <ActiveLine turn={turn} trouble={trouble} /> : <FoldedLine turn={turn} cost={cost} />}
        <span className="ml-auto shrink-0 pl-1 text-xs text-ink-faint tnum">{formatDuration(elapsed)}</span>
        <ChevronDown
          aria-hidden
          className={cx('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-180')}
        />
      </button>
      <div id={bodyId} hidden={!open} className="animate-appear">
        {active && turn.played.length > 0 && <RoleLine turn={turn} />}
        {notice !== null && (
          <p className="flex items-start gap-2 border-t px-3 py-2 text-sm text-ink-muted tnum">
            <NoticeIcon aria-hidden className="mt-0.5 size-4 shrink-0" />
            {notice}
          </p>
        )}
        {turn.budget && (
          <p className="flex items-start gap-2 border-t px-3 py-2 text-sm text-ink-muted tnum">
            <Wallet aria-hidden className="mt-0.5 size-4 shrink-0" />
            {budgetNotice(turn.budget)}
          </p>
        )}
        {turn.starter && (
          <p className="border-t px-3 py-2 text-sm text-ink-muted">
            Begins from the <span className="font-medium text-ink">{turn.starter.title}</span> starter.{' '}
            {turn.starter.reason}
          </p>
        )}
        {turn.sandbox && <WhereRow {...turn.sandbox} />}
        {turn.thinking !== '' && (
          <p className="line-clamp-3 border-t px-3 py-2 text-sm text-ink-muted italic">
            {turn.thinking.slice(-600)}
          </p>
        )}
        {turn.plan.length > 0 && <PlanList items={turn.plan} active={active} />}
        {turn.files.length > 0 && <FileRows turn={turn} active={active} />}
        {runs.length > 0 && <RunRows runs={runs} now={now} />}
        {turn.checks.length + turn.repairs.length + turn.smoke.length > 0 && <CheckRows turn={turn} />}
        {turn.screenshot !== null && (
          <Screenshot key={turn.screenshot} image={turn.screenshot} version={turn.version} />
        )}
        {turn.review && <ReviewRows review={turn.review} />}
        {turn.questions.length > 0 && <AskedRows questions={turn.questions} />}
        {empty && !active && turn.error === null && (
          <p className="border-t px-3 py-2 text-sm text-ink-muted">No file was changed.</p>
        )}
        {sent.length > 0 && <SentFiles files={sent} />}
        {roles.length > 0 && <RoleCosts rows={roles} />}
        <TurnFooter turn={turn} generation={generation} cost={cost} />
      </div>
      {turn.suggested.length > 0 && <Suggested items={turn.suggested} />}
      {question && (
        // Whatever is folded, this is to be answered.
        <Question
          key={question.id}
          generationId={id}
          run={question}
          onAnswered={() => header.current?.focus({ preventScroll: true })}
        />
      )}
      {turn.error && (
        <p role="alert" className="border-t bg-danger-soft px-3 py-2 text-sm text-ink">
          {turn.error.message}
        </p>
      )}
    </article>
  )
}

/** What the agent asked: it is answered below the card of the newest turn. */
const AskedRows = ({ questions }: { questions: TurnState['questions'] }) => (
  <Section title="Asks you">
    <ul className="flex flex-col gap-1 text-sm">
      {questions.map(({ text }, i) => (
        <li key={i} className="flex items-start gap-2">
          <MessageCircleQuestion aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </li>
      ))}
    </ul>
  </Section>
)

/** Where the app runs, as the turn decided it. An engine that only a newer server knows has no icon of its own. */
function WhereRow({ engine, reason }: { engine: string; reason: string }) {
  const Icon = Object.hasOwn(ENGINES, engine) ? ENGINES[engine as EngineKind].icon : MonitorPlay
  return (
    <p className="flex items-start gap-2 border-t px-3 py-2 text-sm text-ink-muted">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {reason}
    </p>
  )
}

const TROUBLES: Record<Trouble['kind'], { icon: LucideIcon; words: string }> = {
  lost: { icon: WifiOff, words: 'Connection lost' },
  catching_up: { icon: RefreshCw, words: 'Catching up' },
  gone: { icon: CircleAlert, words: 'Not followed' },
}

function ActiveLine({ turn, trouble }: { turn: TurnState; trouble: Trouble | null }) {
  const asks = questionOf(turn.runs) !== undefined
  const role = turn.role && !asks ? roleLook(turn.role.role) : null
  // What is known is of a while ago: nothing pulses as if it were seen.
  const Icon = trouble ? TROUBLES[trouble.kind].icon : asks ? Hand : (role?.icon ?? CirclePause)
  const done = turn.plan.filter((item) => item.done).length
  return (
    <>
      <Icon
        aria-hidden
        className={cx(
          'size-4 shrink-0',
          trouble || asks ? 'text-warn' : 'animate-pulse-dot text-accent-text',
        )}
      />
      <span className="min-w-0 truncate">
        {role && <span className="font-medium">{role.label}</span>}
        <span className={cx(asks && !trouble ? 'font-medium' : 'text-ink-muted', role && 'ml-2')}>
          {trouble ? TROUBLES[trouble.kind].words : activityOf(turn)}
        </span>
      </span>
      {turn.plan.length > 0 && (
        <span className="shrink-0 text-xs text-ink-faint tnum">
          {done}/{turn.plan.length}
        </span>
      )}
    </>
  )
}

function FoldedLine({ turn, cost }: { turn: TurnState; cost: TurnCost | null }) {
  const totals = lineTotals(turn)
  const failed = turn.status === 'failed'
  const back = turn.rolledBack !== null
  const asks = turn.questions.length > 0 && turn.version === null
  const files = turn.files.filter(({ state }) => state !== 'taken_back' && state !== 'failed').length
  const Icon = back
    ? Undo2
    : failed
      ? CircleAlert
      : turn.status === 'cancelled'
        ? CircleSlash
        : asks
          ? MessageCircleQuestion
          : CircleCheck
  const tone =
    failed && !back
      ? 'text-danger'
      : turn.verified === false || back || asks
        ? 'text-warn'
        : turn.status === 'done'
          ? 'text-ok'
          : 'text-ink-faint'
  return (
    <>
      <Icon aria-hidden className={cx('size-4 shrink-0', tone)} />
      <span className="min-w-0 truncate">
        <span className="font-medium">{outcomeOf(turn)}</span>
        {turn.version !== null && !back && (
          <span className={cx('ml-1.5', turn.verified === true ? 'text-ok' : 'text-warn')}>
            {turn.verified === true ? 'verified' : 'not verified'}
          </span>
        )}
        {files > 0 && <span className="ml-2 text-ink-muted">{plural(files, 'file')}</span>}
      </span>
      {totals.added + totals.removed > 0 && (
        <span className="flex @max-[24rem]:hidden">
          <LineCounts {...totals} />
        </span>
      )}
      {cost?.nanousd !== undefined && cost.nanousd !== null && (
        <span className="shrink-0 text-xs text-ink-muted tnum">
          {cost.estimated && '~'}
          {formatMoney(cost.nanousd)}
        </span>
      )}
    </>
  )
}
