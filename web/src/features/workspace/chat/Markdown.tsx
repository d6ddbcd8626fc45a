import { lazy, memo, Suspense } from 'react'

const Rich = lazy(() => import('./MarkdownRich'))

/** Prose from a model. Until the reader has loaded, and if it never does, the plain text is shown. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Rich text={text} />
      </Suspense>
    </div>
  )
})
