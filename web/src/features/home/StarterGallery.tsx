import { ArrowRight } from 'lucide-react'
import { useState } from 'react'

import { type Starter } from '@/api/generated/wire'
import { PROJECT_TYPES } from '@/components/projectTypes'
import { cx } from '@/ui/cx'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { Spinner } from '@/ui/Spinner'

interface StarterGalleryProps {
  /** `undefined` while they load. */
  starters: readonly Starter[] | undefined
  error: unknown
  onRetry: () => void
  /** The starter that a project is being made from. */
  busy: string | undefined
  disabled: boolean
  onPick: (starter: Starter) => void
}

const GRID = 'grid grid-cols-2 gap-x-3 gap-y-6 sm:gap-x-4 lg:grid-cols-4'

/** Tested apps to begin from; one click makes a project. */
export function StarterGallery({ starters, error, onRetry, busy, disabled, onPick }: StarterGalleryProps) {
  if (error !== null && starters === undefined) {
    return (
      <ErrorState
        title="The starters did not load"
        error={error}
        safe="You can describe an app all the same."
        retry={onRetry}
      />
    )
  }
  return (
    <section aria-labelledby="starters" aria-busy={starters === undefined}>
      <div className="mb-4 flex flex-wrap items-baseline gap-x-3">
        <h2 id="starters" className="text-md font-semibold">
          Start from a working app
        </h2>
        <p className="text-base text-ink-muted">Tested, free and ready in a second. Change anything after.</p>
      </div>
      <ul className={GRID}>
        {starters === undefined
          ? Array.from({ length: 8 }, (_, i) => (
              <li key={i}>
                <Skeleton className="aspect-[16/10] w-full rounded-card" />
                <Skeleton className="mt-3 h-4 w-2/3" />
                <Skeleton className="mt-2 h-4 w-full" />
              </li>
            ))
          : starters.map((starter) => (
              <li key={starter.id}>
                <StarterCard
                  starter={starter}
                  busy={busy === starter.id}
                  disabled={disabled}
                  onPick={() => onPick(starter)}
                />
              </li>
            ))}
      </ul>
      {starters === undefined && <p className="sr-only">Loading the starters</p>}
    </section>
  )
}

interface StarterCardProps {
  starter: Starter
  busy: boolean
  disabled: boolean
  onPick: () => void
}

function StarterCard({ starter, busy, disabled, onPick }: StarterCardProps) {
  const { label, icon: Icon } = PROJECT_TYPES[starter.project_type]
  return (
    <div className="group relative flex h-full flex-col">
      <div className="relative aspect-[16/10] w-full overflow-hidden rounded-card border bg-sunken transition-colors group-hover:border-line-strong">
        <Thumbnail src={starter.thumbnail} />
        {busy && (
          <div className="absolute inset-0 grid animate-appear place-items-center bg-surface/85">
            <Spinner className="font-medium">Making your project</Spinner>
          </div>
        )}
      </div>
      <h3 className="mt-3 text-md font-medium">
        <button
          type="button"
          onClick={onPick}
          disabled={disabled}
          aria-describedby={`starter-${starter.id}`}
          className="flex max-w-full items-center gap-1.5 text-left outline-none before:absolute before:inset-0 before:rounded-card focus-visible:before:outline-2 focus-visible:before:outline-offset-4 focus-visible:before:outline-accent disabled:cursor-default"
        >
          {starter.title}
          <ArrowRight
            aria-hidden
            className="size-4 shrink-0 -translate-x-1 text-accent-text opacity-0 transition group-focus-within:translate-x-0 group-focus-within:opacity-100 group-hover:translate-x-0 group-hover:opacity-100"
          />
        </button>
      </h3>
      <p
        id={`starter-${starter.id}`}
        className="mt-0.5 line-clamp-2 text-base text-ink-muted"
        title={starter.summary}
      >
        {starter.summary}
      </p>
      <p className="mt-1.5 flex items-center gap-1.5 text-sm text-ink-muted">
        <Icon aria-hidden className="size-3.5" />
        {label}
      </p>
    </div>
  )
}

/** The picture, and the bare card when it does not load. */
function Thumbnail({ src }: { src: string }) {
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading')
  if (state === 'failed') return null
  return (
    <img
      src={src}
      alt=""
      loading="lazy"
      decoding="async"
      onLoad={() => setState('shown')}
      onError={() => setState('failed')}
      className={cx(
        'size-full object-cover object-top transition-opacity',
        state === 'shown' ? 'opacity-100' : 'opacity-0',
      )}
    />
  )
}
