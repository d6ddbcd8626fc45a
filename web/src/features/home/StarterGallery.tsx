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

const GRID = 'grid grid-cols-1 gap-4 min-[30rem]:grid-cols-2 lg:grid-cols-4'

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
    <button
      type="button"
      onClick={onPick}
      disabled={disabled}
      aria-describedby={`starter-${starter.id}`}
      className="group flex h-full w-full flex-col rounded-card text-left outline-offset-4 disabled:cursor-default"
    >
      <span className="relative block aspect-[16/10] w-full overflow-hidden rounded-card border bg-sunken transition-colors group-hover:border-line-strong">
        <Thumbnail src={starter.thumbnail} />
        {busy && (
          <span className="absolute inset-0 grid animate-appear place-items-center bg-surface/85">
            <Spinner className="font-medium">Making your project</Spinner>
          </span>
        )}
      </span>
      <span className="mt-3 flex items-center gap-1.5 text-md font-medium">
        {starter.title}
        <ArrowRight
          aria-hidden
          className="size-4 -translate-x-1 text-accent-text opacity-0 transition group-hover:translate-x-0 group-hover:opacity-100 group-focus-visible:translate-x-0 group-focus-visible:opacity-100"
        />
      </span>
      <span id={`starter-${starter.id}`} className="mt-0.5 block text-base text-ink-muted">
        <span className="line-clamp-2">{starter.summary}</span>
        <span className="mt-1.5 flex items-center gap-1.5 text-sm">
          <Icon aria-hidden className="size-3.5" />
          {label}
        </span>
      </span>
    </button>
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
