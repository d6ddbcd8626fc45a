import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronLeft, Code, History, MessageSquare, MonitorPlay } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'

import { inOrder, messagesQuery } from '@/api/messages'
import { useUpdateProject } from '@/api/projects'
import { paths, type WorkspaceView } from '@/components/paths'
import { BuildBadge } from '@/components/VerifiedBadge'
import { costOf } from '@/stream/summary'
import { useGenerationValue } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { formatMoney } from '@/ui/format'
import { InlineEdit } from '@/ui/InlineEdit'
import { TabList, TabsRoot, type Tab } from '@/ui/Tabs'
import { notifyError } from '@/ui/toast'
import { Tooltip } from '@/ui/Tooltip'

import { useWorkspace } from './context'
import { CriticalBadge } from './findings/CriticalBadge'
import { ProjectMenu } from './ProjectMenu'

export const VIEWS: (Tab<WorkspaceView> & { shortcut: string })[] = [
  { value: 'preview', label: 'Preview', icon: <MonitorPlay aria-hidden />, shortcut: 'alt+1' },
  { value: 'code', label: 'Code', icon: <Code aria-hidden />, shortcut: 'alt+2' },
  { value: 'versions', label: 'Versions', icon: <History aria-hidden />, shortcut: 'alt+3' },
]

export const CHAT_VIEW: Tab<WorkspaceView> = {
  value: 'chat',
  label: 'Chat',
  icon: <MessageSquare aria-hidden />,
}

/** Name, version, what is shown, what it has cost, and what can be done with the whole. */
export function WorkspaceHeader() {
  const { project, view, show, wide } = useWorkspace()
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-canvas pr-2 pl-1.5">
      <Tooltip label="All projects">
        <Button asChild variant="ghost" size="md" className="w-8 px-0!">
          <Link to={paths.home()} aria-label="All projects">
            <ChevronLeft aria-hidden />
          </Link>
        </Button>
      </Tooltip>
      <ProjectName />
      {project.head_version !== null && (
        <span className="hidden shrink-0 items-center gap-2 text-sm text-ink-muted tnum sm:flex">
          v{project.head_version}
          <BuildBadge status={project.build_status} />
        </span>
      )}
      <span className="flex-1" />
      {wide && (
        <TabsRoot value={view} onChange={show}>
          <TabList label="Shown beside the chat" tabs={VIEWS} detached />
        </TabsRoot>
      )}
      <span className="flex-1" />
      <CriticalBadge />
      <CostSoFar />
      <ProjectMenu />
    </header>
  )
}

function ProjectName() {
  const { project, canEdit } = useWorkspace()
  const [editing, setEditing] = useState(false)
  const update = useUpdateProject(project.id)
  if (editing) {
    return (
      <InlineEdit
        label="Name of the project"
        value={project.name}
        maxLength={80}
        className="max-w-72 font-semibold"
        onCancel={() => setEditing(false)}
        onSave={(name) => {
          setEditing(false)
          update.mutate({ name }, { onError: (error) => notifyError('The project was not renamed', error) })
        }}
      />
    )
  }
  const name = update.isPending ? (update.variables.name ?? project.name) : project.name
  return (
    <h1 className="min-w-0 font-semibold">
      {canEdit ? (
        <Tooltip label="Rename">
          <button
            type="button"
            onClick={() => setEditing(true)}
            className="group flex max-w-full min-w-0 items-center gap-1.5 rounded-control px-1.5 py-1 hover:bg-hover"
          >
            <span className="min-w-0 truncate">{name}</span>
          </button>
        </Tooltip>
      ) : (
        <span className="block truncate px-1.5">{name}</span>
      )}
    </h1>
  )
}

/** The cost of the turns that the chat has loaded, the running one included. */
function CostSoFar() {
  const { project, liveId } = useWorkspace()
  const liveCost = useGenerationValue(liveId, ({ turn }) => costOf(turn, null)?.nanousd ?? null)
  const liveEstimated = useGenerationValue(liveId, ({ turn }) => costOf(turn, null)?.estimated ?? false)
  const messages = useInfiniteQuery(messagesQuery(project.id))
  const seen = new Map<string, number>()
  let estimated = false
  for (const { generation } of messages.data ? inOrder(messages.data) : []) {
    const nanousd = generation?.summary?.cost_nanousd ?? null
    if (!generation || nanousd === null) continue
    seen.set(generation.id, nanousd)
    estimated ||= generation.summary?.usage?.reported === false
  }
  if (liveId !== null && liveCost !== null && !seen.has(liveId)) {
    seen.set(liveId, liveCost)
    estimated ||= liveEstimated
  }
  if (seen.size === 0) return null
  const total = [...seen.values()].reduce((sum, n) => sum + n, 0)
  return (
    <Tooltip
      label={messages.hasNextPage ? 'Cost of the turns shown in the chat' : 'Cost of this project so far'}
    >
      <Link
        to={paths.settings('usage')}
        className="hidden shrink-0 rounded-control px-1.5 py-1 text-sm text-ink-muted tnum hover:bg-hover hover:text-ink sm:inline"
      >
        {estimated && '~'}
        {formatMoney(total)}
      </Link>
    </Tooltip>
  )
}
