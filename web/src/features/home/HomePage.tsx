import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'

import { projectsQuery } from '@/api/projects'
import { startersQuery } from '@/api/starters'
import { usePageTitle } from '@/ui/usePageTitle'

import { Examples } from './Examples'
import { PromptBox, type PromptHandle } from './PromptBox'
import { RecentProjects } from './RecentProjects'
import { StarterGallery } from './StarterGallery'
import { useNewProject } from './useNewProject'

/** Where every app begins: say it, pick one, or go on with yesterday's. */
export function HomePage() {
  usePageTitle(undefined)
  const draft = useNewProject()
  const starters = useQuery(startersQuery())
  const projects = useInfiniteQuery(projectsQuery())
  const prompt = useRef<PromptHandle>(null)
  const recent = projects.data?.pages[0]?.items ?? []

  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col px-4 pb-20 md:px-6">
      <section aria-labelledby="ask" className="mx-auto w-full max-w-[52rem] pt-12 pb-14 sm:pt-20 sm:pb-16">
        <h1
          id="ask"
          className="mb-6 text-center text-xl font-semibold tracking-[-0.02em] text-balance sm:mb-8 sm:text-2xl"
        >
          What shall we build?
        </h1>
        <PromptBox ref={prompt} draft={draft} />
        <Examples
          starters={starters.data?.items ?? []}
          type={draft.type}
          onPick={(example) => {
            draft.fill(example)
            prompt.current?.focusEnd()
          }}
        />
      </section>
      {/* Both lists come together, so that neither pushes the other down. */}
      {!projects.isPending && recent.length > 0 && <RecentProjects projects={recent} />}
      <StarterGallery
        starters={projects.isPending ? undefined : starters.data?.items}
        error={starters.error}
        onRetry={() => void starters.refetch()}
        busy={draft.startingFrom}
        disabled={draft.starting}
        onPick={draft.startFrom}
      />
    </div>
  )
}
