import { useQuery } from '@tanstack/react-query'
import { CircleAlert, Info, RotateCw, SendHorizontal, ShieldCheck, TriangleAlert } from 'lucide-react'

import { findingsQuery } from '@/api/checks'
import { type Finding, type FindingLevel } from '@/api/generated/wire'
import { Badge, type Tone } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { Notice } from '@/ui/Notice'
import { Spinner } from '@/ui/Spinner'

import { useWorkspace } from '../context'
import { DrawerActs } from '../output/slot'
import { countOf, findingsPrompt, groupsOf, MOST_SENT, placeOf, TOPICS } from './words'

const LEVELS: Record<FindingLevel, { word: string; tone: Tone; icon: typeof Info }> = {
  critical: { word: 'Critical', tone: 'danger', icon: CircleAlert },
  warning: { word: 'Warning', tone: 'warn', icon: TriangleAlert },
  note: { word: 'Note', tone: 'neutral', icon: Info },
}

/** What is unsafe, untrusted or out of reach in the app, with what to do about each. */
export default function FindingsPanel() {
  const { project, compose, canEdit } = useWorkspace()
  const findings = useQuery(findingsQuery(project.id, project.head_version))
  const items = findings.data?.items ?? []
  const critical = countOf(items, 'critical')

  return (
    <>
      <DrawerActs>
        {items.length > 1 && canEdit && (
          <Button size="sm" icon={<SendHorizontal />} onClick={() => compose(findingsPrompt(items))}>
            {items.length > MOST_SENT ? `Send the worst ${MOST_SENT} to the agent` : 'Send all to the agent'}
          </Button>
        )}
        <IconButton
          label="Look again"
          icon={<RotateCw />}
          size="sm"
          side="top"
          busy={findings.isFetching}
          onClick={() => void findings.refetch()}
        />
      </DrawerActs>
      {/* It scrolls by the keyboard, too. */}
      <div
        role="region"
        aria-label="Findings"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        {findings.isPending && <Spinner className="p-3">Looking through the files and packages</Spinner>}
        {findings.isError && !findings.data && (
          <ErrorState
            className="py-6!"
            title="The findings did not load"
            error={findings.error}
            retry={() => void findings.refetch()}
          />
        )}
        {findings.data && (
          <div className="flex flex-col gap-4 p-3">
            {findings.data.blocks_publishing ? (
              <Notice tone="warn" title="Publishing has to wait">
                {critical === 1
                  ? 'One critical finding stands in its way.'
                  : `${plural(critical, 'critical finding')} stand in its way.`}
              </Notice>
            ) : (
              items.length > 0 && <Notice tone="ok">Nothing here stands in the way of publishing.</Notice>
            )}
            {items.length === 0 && (
              <EmptyState className="py-4!" icon={<ShieldCheck />} title="Nothing found">
                No secrets in the code, no doubtful packages, no unsafe code. Nothing stands in the way of
                publishing.
              </EmptyState>
            )}
            {groupsOf(items).map(({ topic, items: found }) => (
              <section key={topic} aria-label={TOPICS[topic]}>
                <h4 className="mb-1 text-sm font-medium text-ink-muted">
                  {TOPICS[topic]} <span className="font-normal text-ink-faint tnum">{found.length}</span>
                </h4>
                <ul className="divide-y rounded-card border">
                  {found.map((finding, i) => (
                    <li key={`${finding.rule}-${placeOf(finding) ?? ''}-${i}`}>
                      <FindingRow finding={finding} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
      </div>
    </>
  )
}

function FindingRow({ finding }: { finding: Finding }) {
  const { openFile, compose, canEdit } = useWorkspace()
  const { path, line, message, remedy } = finding
  const { word, tone, icon: Icon } = LEVELS[finding.level]
  return (
    <div className="flex flex-col gap-1 px-3 py-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tone} icon={<Icon aria-hidden />}>
          {word}
        </Badge>
        {path !== null && (
          <button
            type="button"
            className="min-w-0 rounded-sm text-left font-mono text-xs wrap-anywhere text-accent-text hover:underline"
            onClick={() => openFile(path, line || undefined)}
          >
            {placeOf(finding)}
          </button>
        )}
        {canEdit && (
          <Button
            size="sm"
            variant="ghost"
            icon={<SendHorizontal />}
            className="ml-auto"
            onClick={() => compose(findingsPrompt([finding]))}
          >
            Send to the agent
          </Button>
        )}
      </div>
      <p className="wrap-anywhere">{message}</p>
      <p className="wrap-anywhere text-ink-muted">{remedy}</p>
    </div>
  )
}
