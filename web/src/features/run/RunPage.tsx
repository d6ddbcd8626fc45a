import { useQuery } from '@tanstack/react-query'
import { Box, ChevronLeft, PowerOff, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { Link, useParams } from 'react-router'

import { instanceQuery } from '@/api/auth'
import { projectQuery } from '@/api/projects'
import { LogLines } from '@/components/log/LogLines'
import { paths } from '@/components/paths'
import { WebcontainerLicence } from '@/components/WebcontainerLicence'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Spinner } from '@/ui/Spinner'
import { readStored, writeStored } from '@/ui/storage'
import { usePageTitle } from '@/ui/usePageTitle'
import { useStickToEnd } from '@/ui/useStickToEnd'

import { useRun } from './useRun'

const AGREED = 'qv-webcontainer'

/** A project in WebContainer, on a page that the server cuts off from all others. */
export function RunPage() {
  const { projectId = '' } = useParams()
  const instance = useQuery(instanceQuery())
  const project = useQuery(projectQuery(projectId))
  const [agreed, setAgreed] = useState(() => readStored(AGREED) === 'yes')
  usePageTitle(project.data && `${project.data.name}, running`)
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-canvas px-1.5">
        <Button asChild variant="ghost">
          {/* A whole page load: that page is not cut off as this one is. */}
          <a href={paths.project(projectId)}>
            <ChevronLeft aria-hidden />
            Back to the project
          </a>
        </Button>
        <h1 className="min-w-0 truncate font-semibold">{project.data?.name}</h1>
        <span className="ml-auto pr-2 text-sm text-ink-muted">WebContainer</span>
      </header>
      <main className="flex min-h-0 flex-1 flex-col bg-sunken">
        {project.isError || instance.isError ? (
          <ErrorState
            className="my-auto"
            title="The project did not open"
            error={project.error ?? instance.error}
            safe="Everything saved is safe on the server."
            retry={() => void Promise.all([project.refetch(), instance.refetch()])}
          />
        ) : !project.data || !instance.data ? (
          <div className="grid flex-1 place-items-center">
            <Spinner>Opening the project</Spinner>
          </div>
        ) : !instance.data.webcontainer ? (
          <EmptyState
            className="my-auto"
            icon={<PowerOff />}
            title="WebContainer is off here"
            action={
              <Button asChild>
                <Link to={paths.project(projectId)}>Go to the project</Link>
              </Button>
            }
          >
            Whoever runs this server can turn it on in its configuration.
          </EmptyState>
        ) : !agreed ? (
          <EmptyState
            className="my-auto max-w-md!"
            icon={<Box />}
            title="Run this app in WebContainer?"
            action={
              <Button
                variant="primary"
                onClick={() => {
                  writeStored(AGREED, 'yes')
                  setAgreed(true)
                }}
              >
                Load it and run the app
              </Button>
            }
          >
            <WebcontainerLicence />
          </EmptyState>
        ) : (
          <Running projectId={projectId} name={project.data.name} />
        )}
      </main>
    </div>
  )
}

function Running({ projectId, name }: { projectId: string; name: string }) {
  const { phase, log, again } = useRun(projectId)
  const { box, content, onScroll } = useStickToEnd()
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col">
        {phase.phase === 'running' ? (
          <iframe
            src={phase.url}
            title={`${name}, running`}
            sandbox="allow-scripts allow-forms allow-modals allow-popups allow-same-origin"
            allow="cross-origin-isolated; clipboard-write; fullscreen; gamepad; autoplay"
            className="min-h-0 flex-1 border-0 bg-white"
          />
        ) : phase.phase === 'working' ? (
          <div className="grid flex-1 place-items-center">
            <Spinner>{phase.words}</Spinner>
          </div>
        ) : (
          <ErrorState
            className="my-auto"
            title="The app does not run"
            error={new Error(phase.words)}
            safe="Your files are safe."
            action={
              <Button icon={<RotateCw />} onClick={again}>
                Try again
              </Button>
            }
          />
        )}
      </div>
      <section
        aria-label="Output"
        className="@container flex h-56 max-h-[40%] shrink-0 flex-col border-t bg-surface"
      >
        <h2 className="border-b px-3 py-2 text-sm font-medium">Output</h2>
        <div
          ref={box}
          role="log"
          aria-label="Output of the app"
          aria-live="off"
          // It scrolls by the keyboard, too.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          onScroll={onScroll}
          className="min-h-0 flex-1 overflow-auto font-mono text-xs focus-visible:-outline-offset-2"
        >
          <div ref={content} className="min-w-max py-1.5">
            {log.lines.length === 0 && (
              <p className="px-3 py-1.5 font-sans text-sm text-ink-muted">What the app writes shows here.</p>
            )}
            <LogLines log={log} />
          </div>
        </div>
      </section>
    </>
  )
}
