import { Plug } from 'lucide-react'
import { Link } from 'react-router'

import { ApiError, isCode, messageOf } from '@/api/error'
import { paths } from '@/components/paths'
import { Button } from '@/ui/Button'
import { Notice } from '@/ui/Notice'

import { type NewProject } from './useNewProject'

interface PromptNotesProps {
  id: string
  draft: NewProject
  /** Characters too many, when above zero. */
  excess: number
  /** Pictures are attached that the chosen model cannot see. */
  blind: boolean
}

/** What stands in the way, and otherwise who answers and how to get more. */
export function PromptNotes({ id, draft, excess, blind }: PromptNotesProps) {
  const { error, models, estimate } = draft
  return (
    <div id={id} className="mt-3 flex flex-col gap-2 empty:hidden">
      {error && !draft.starting && (
        <Notice
          tone="danger"
          title="The project was not started"
          action={
            isCode(error, 'needs_model', 'provider_auth') ? (
              <Button asChild size="sm">
                <Link to={paths.settings('models')}>Models</Link>
              </Button>
            ) : undefined
          }
        >
          {messageOf(error)} {fieldsOf(error)} Your words are kept.
        </Notice>
      )}
      {excess > 0 && (
        <Notice tone="warn">
          {excess.toLocaleString('en-US')} characters too long. Shorten it, and say the rest in the chat.
        </Notice>
      )}
      {blind && (
        <Notice tone="warn">This choice cannot see pictures. Choose a model that can, or remove them.</Notice>
      )}
      {estimate !== null && estimate.over_budget !== null && error === null && (
        <Notice tone="warn">{estimate.over_budget}</Notice>
      )}
      {models?.items.length === 0 && (
        <p className="flex flex-wrap items-center justify-center gap-x-1.5 text-center text-base text-ink-muted">
          <Plug aria-hidden className="size-4 max-sm:hidden" />
          Starters answer now, without a model.
          <Link
            to={paths.settings('models')}
            className="rounded-sm font-medium text-accent-text underline-offset-4 hover:underline"
          >
            Connect a model
          </Link>
          to build anything else.
        </p>
      )}
    </div>
  )
}

const fieldsOf = (error: Error): string =>
  error instanceof ApiError ? error.fields.map((field) => field.message).join(' ') : ''
