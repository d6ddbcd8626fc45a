import { type DiffHunk } from '@/api/generated/wire'
import { cx } from '@/ui/cx'

import { numbered, sideBySideRows, type NumberedLine } from './rows'

/** `phone` wraps long lines and has one column of numbers. */
export type DiffLayout = 'side' | 'inline' | 'phone'

/** How a text differs, line by line. */
export const Hunks = ({ hunks, layout }: { hunks: readonly DiffHunk[]; layout: DiffLayout }) =>
  hunks.map((hunk, i) => (
    <div key={`${hunk.old_start}-${hunk.new_start}`} className={cx(i > 0 && 'border-t border-dashed')}>
      {layout === 'side' ? (
        <table className="w-full table-fixed">
          <tbody>
            {sideBySideRows(hunk).map(([left, right], n) => (
              <tr key={n}>
                <Half line={left} side="old" />
                <Half line={right} side="new" />
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <table className="w-full">
          <tbody>
            {numbered(hunk).map((line, n) => (
              <tr key={n} className={LINE[line.kind]}>
                {layout === 'phone' ? (
                  <td className={cx(GUTTER, 'align-top')}>{line.new ?? line.old}</td>
                ) : (
                  <>
                    <td className={GUTTER}>{line.old}</td>
                    <td className={GUTTER}>{line.new}</td>
                  </>
                )}
                <td className="w-4 min-w-4 text-center align-top select-none">
                  <span aria-hidden>{SIGNS[line.kind]}</span>
                  <Kind line={line} />
                </td>
                <td
                  className={
                    layout === 'phone' ? 'pr-2 wrap-anywhere whitespace-pre-wrap' : 'pr-3 whitespace-pre'
                  }
                >
                  {line.text || ' '}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  ))

const GUTTER = 'tnum w-10 min-w-10 px-2 text-right text-ink-faint select-none'
const LINE = { same: '', added: 'bg-ok-soft', removed: 'bg-danger-soft' } as const
const SIGNS = { same: '', added: '+', removed: '−' } as const

/** What the colour says, read aloud. */
const Kind = ({ line }: { line: NumberedLine }) =>
  line.kind === 'same' ? null : <span className="sr-only">{line.kind}</span>

function Half({ line, side }: { line: NumberedLine | null; side: 'old' | 'new' }) {
  if (!line) return <td colSpan={2} className="w-1/2 bg-sunken" />
  return (
    <>
      <td className={cx(GUTTER, 'align-top', LINE[line.kind])}>{line[side]}</td>
      <td
        className={cx(
          'overflow-hidden pr-3 break-all whitespace-pre-wrap',
          LINE[line.kind],
          side === 'old' && 'border-r',
        )}
      >
        <Kind line={line} />
        {line.text || ' '}
      </td>
    </>
  )
}
