import { AuthFrame } from './AuthFrame'

/** Nobody owns this server yet, so there is nothing to sign in with. */
export function FirstStart() {
  return (
    <AuthFrame
      title="Open the link from the terminal"
      lead="This QuickVibe is new and nobody owns it yet. Where it was started, the terminal prints a link that makes you its owner."
    >
      <pre
        aria-label="What the terminal prints"
        className="overflow-x-auto rounded-control border bg-sunken px-3 py-2.5 font-mono text-xs leading-5 text-ink-muted"
      >
        QuickVibe is ready.{'\n\n'}
        {'  '}Open <span className="text-ink">{window.location.origin}/setup#token=…</span>
      </pre>
      <p className="mt-3 text-sm text-ink-muted">
        Lost it? Stop QuickVibe and start it again: it prints a new one.
      </p>
    </AuthFrame>
  )
}
