import { memo } from 'react'

import { type OutputSource } from '@/api/generated/wire'
import { cx } from '@/ui/cx'
import { plural } from '@/ui/format'

import { type Look, type Span } from './ansi'
import { type LogLine, type ServerLog } from './serverLog'

/** The lines of a log, with their colours. For a box that is a `@container`. */
export const LogLines = ({ log }: { log: ServerLog }) => (
  <>
    {log.dropped > 0 && (
      <p className="px-3 py-1 text-ink-faint">{plural(log.dropped, 'earlier line')} left out.</p>
    )}
    {log.lines.map((line) => (
      <Line key={line.id} line={line} />
    ))}
  </>
)

const SOURCES: Record<OutputSource, string> = {
  quickvibe: 'QuickVibe',
  server: 'server',
  install: 'install',
  agent: 'agent',
}

const TIME = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** Lines out of sight cost no layout. */
const Line = memo(function Line({ line }: { line: LogLine }) {
  const ours = line.source === 'quickvibe'
  return (
    <div className="flex gap-3 px-3 leading-5 [contain-intrinsic-size:auto_1.25rem] [content-visibility:auto] hover:bg-hover">
      <time dateTime={line.at} className="shrink-0 text-ink-faint tnum select-none @max-md:hidden">
        {TIME.format(new Date(line.at))}
      </time>
      <span className={cx('w-16 shrink-0 select-none', ours ? 'text-accent-text' : 'text-ink-faint')}>
        {SOURCES[line.source]}
      </span>
      <span className={cx('min-h-5 whitespace-pre', ours && 'text-ink-muted')}>
        <Spans spans={line.spans} />
      </span>
    </div>
  )
})

/** The pieces of a line, each as it looks. */
export const Spans = ({ spans }: { spans: readonly Span[] }) =>
  spans.map((span, i) => <Piece key={i} span={span} />)

/** The sixteen colours as tokens: those that code is shown in, held to AA on this surface. */
const INK = [
  'text-ink-muted',
  'text-danger',
  'text-(--code-string)',
  'text-warn',
  'text-(--code-function)',
  'text-(--code-keyword)',
  'text-(--code-type)',
  'text-ink',
  'text-ink-faint',
  'text-danger',
  'text-ok',
  'text-(--code-number)',
  'text-accent-text',
  'text-(--code-keyword)',
  'text-(--code-type)',
  'text-ink',
] as const

const GROUND = [
  'bg-(--ink-muted)',
  'bg-danger',
  'bg-(--code-string)',
  'bg-warn',
  'bg-(--code-function)',
  'bg-(--code-keyword)',
  'bg-(--code-type)',
  'bg-ink',
] as const

function Piece({ span: { text, look } }: { span: Span }) {
  const className = classOf(look)
  return className === '' ? text : <span className={className}>{text}</span>
}

function classOf(look: Look): string {
  const ground = look.inverse ? (look.ink ?? 7) : look.ground
  return cx(
    // Whatever the app asked for, text on a colour can be read.
    ground === null ? look.ink !== null && INK[look.ink] : ['rounded-sm text-surface', GROUND[ground % 8]],
    look.bold && 'font-semibold',
    look.dim && ground === null && look.ink === null && 'text-ink-muted',
    look.italic && 'italic',
    look.underline && 'underline',
  )
}
