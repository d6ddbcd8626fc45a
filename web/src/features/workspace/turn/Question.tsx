import { Check, Hand, LoaderCircle, X } from 'lucide-react'
import { useId } from 'react'

import { useAnswerPermission } from '@/api/generations'
import { type RunActivity } from '@/stream/state'
import { Button } from '@/ui/Button'

import { useWorkspace } from '../context'

interface QuestionProps {
  generationId: string
  run: RunActivity
  /** The question goes away with the next event: the focus is to be elsewhere then. */
  onAnswered: () => void
}

/** Characters that are not seen, or that turn others around, by their number: nothing hides in what one agrees to. */
const seen = (command: string): string =>
  command.replace(/[^\P{C}\n\t]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)

/** What the agent may run only when a person says so. What one agrees to is shown whole. */
export function Question({ generationId, run, onAnswered }: QuestionProps) {
  const { canEdit } = useWorkspace()
  const answer = useAnswerPermission(generationId)
  const titleId = useId()
  // Until the event that tells of it, it stays answered.
  const given = answer.isPending || answer.isSuccess ? answer.variables.allowed : null
  const say = (allowed: boolean) => {
    if (given === null) answer.mutate({ run: run.id, allowed }, { onSuccess: onAnswered })
  }
  const iconOf = (allowed: boolean) =>
    given === allowed ? <LoaderCircle aria-hidden className="animate-spin" /> : allowed ? <Check /> : <X />
  return (
    <section aria-labelledby={titleId} className="border-t bg-warn-soft px-3 py-2.5 text-sm">
      <h3 id={titleId} className="flex items-start gap-2 font-medium">
        <Hand aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        The agent wants to run
      </h3>
      <pre className="mt-1.5 rounded-control border bg-surface px-2.5 py-2 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
        {seen(run.command)}
      </pre>
      {run.why !== null && run.why !== '' && <p className="mt-1.5 text-pretty">{run.why}</p>}
      {canEdit ? (
        <div className="mt-2.5 flex flex-wrap gap-2">
          {/* Not `disabled`: that would take the focus from who answers by keyboard. */}
          <Button
            variant="primary"
            size="sm"
            icon={iconOf(true)}
            aria-disabled={given !== null || undefined}
            onClick={() => say(true)}
          >
            Allow once
          </Button>
          <Button
            size="sm"
            icon={iconOf(false)}
            aria-disabled={given !== null || undefined}
            onClick={() => say(false)}
          >
            {"Don't run it"}
          </Button>
        </div>
      ) : (
        <p className="mt-1.5 text-ink-muted">The owner or an editor of this project decides.</p>
      )}
      {answer.isError && (
        <p role="alert" className="mt-2 text-pretty text-danger">
          {answer.error.message}
        </p>
      )}
    </section>
  )
}
