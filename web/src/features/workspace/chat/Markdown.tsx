import { lazy, memo, Suspense, useState } from 'react'

import { Button } from '@/ui/Button'
import { formatTokens } from '@/ui/format'

import { type FileNames } from './mentions'

const Rich = lazy(() => import('./MarkdownRich'))

/** So much is shown at once: reading Markdown takes time, and a model may go on and on. */
const SHOWN_CHARS = 20_000
/** Of what is not shown, the last paragraphs are, up to so much: they say how it ended. */
const END_CHARS = 1_000

interface MarkdownProps {
  text: string
  /** The project's files: what names one leads to it. */
  names?: FileNames
  openFile?: (path: string, line?: number) => void
}

/** Prose from a model. Until the reader has loaded, and if it never does, the plain text is shown. */
export const Markdown = memo(function Markdown({ text, names, openFile }: MarkdownProps) {
  const [most, setMost] = useState(SHOWN_CHARS)
  const shown = beginning(text, most)
  const end = shown.length < text.length ? ending(text.slice(shown.length)) : ''
  const rest = text.length - shown.length - end.length
  return (
    <div className="markdown">
      <Suspense fallback={<p className="whitespace-pre-wrap">{shown}</p>}>
        <Rich text={shown} names={names} openFile={openFile} />
      </Suspense>
      {rest > 0 && (
        <p className="text-sm text-ink-muted tnum">
          {/* The same measure as for tokens: 940, 12.4k, 1.2M. */}
          It goes on for {formatTokens(rest)} more characters.{' '}
          <Button size="sm" onClick={() => setMost(most + SHOWN_CHARS)}>
            Show more
          </Button>
        </p>
      )}
      {end !== '' && (
        <Suspense fallback={<p className="whitespace-pre-wrap">{end}</p>}>
          <Rich text={end} names={names} openFile={openFile} />
        </Suspense>
      )}
    </div>
  )
})

/** The last paragraphs of a long text; nothing where none is short enough. */
function ending(text: string): string {
  const from = text.indexOf('\n\n', text.length - END_CHARS)
  return from < 0 ? '' : text.slice(from).trimStart()
}

/** Of a long text its beginning, up to the end of a line where there is one. It stays the same as the text grows. */
function beginning(text: string, most: number): string {
  if (text.length <= most) return text
  const line = text.lastIndexOf('\n', most)
  // Half of a character is none.
  return text.slice(0, line > most / 2 ? line : most).replace(/[\uD800-\uDBFF]$/, '')
}
