import { lazy, memo, Suspense } from 'react'

import { type FileNames } from './mentions'

const Rich = lazy(() => import('./MarkdownRich'))

interface MarkdownProps {
  text: string
  /** The project's files: what names one leads to it. */
  names?: FileNames
  openFile?: (path: string, line?: number) => void
}

/** Prose from a model. Until the reader has loaded, and if it never does, the plain text is shown. */
export const Markdown = memo(function Markdown({ text, names, openFile }: MarkdownProps) {
  return (
    <div className="markdown">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Rich text={text} names={names} openFile={openFile} />
      </Suspense>
    </div>
  )
})
