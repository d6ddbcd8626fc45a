import { useQuery } from '@tanstack/react-query'
import { ArrowRight, Columns2, Rows2 } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'

import { type Version } from '@/api/generated/wire'
import { diffQuery } from '@/api/versions'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { IconButton } from '@/ui/IconButton'
import { Select, type SelectOption } from '@/ui/Select'
import { Spinner } from '@/ui/Spinner'
import { readStored, writeStored } from '@/ui/storage'

import { useWorkspace } from '../context'
import { DiffSummary } from './DiffSummary'
import { FileDiffView } from './FileDiffView'
import { type Pair } from './pair'

/** More files than this are shown folded. */
const MOST_OPEN = 12

interface DiffPaneProps {
  pair: Pair
  onPair: (pair: Pair) => void
  /** Those that can be chosen, newest first. */
  versions: readonly Version[]
  back: ReactNode
}

/** How any two versions differ. */
export default function DiffPane({ pair, onPair, versions, back }: DiffPaneProps) {
  const { project, wide } = useWorkspace()
  const { from, to } = pair
  const [sideBySide, setSideBySide] = useState(() => readStored('qv-diff') === 'side')
  const diff = useQuery(diffQuery(project.id, from, to))
  const id = useId()
  const described = versions.find((version) => version.number === to)
  const layout = wide ? (sideBySide ? 'side' : 'inline') : 'phone'
  const shows = (index: number) => {
    const section = document.getElementById(`${id}-${index}`)
    section?.scrollIntoView({ block: 'start' })
    section?.focus({ preventScroll: true })
  }

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex h-10 shrink-0 items-center gap-1 border-b bg-canvas px-2">
        {back}
        <span className="pl-1.5 text-sm text-ink-muted max-lg:hidden">Compare</span>
        <VersionSelect
          label="Compare from"
          value={from}
          versions={versions}
          beginning
          onChange={(next) => onPair({ from: next, to })}
        />
        <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <VersionSelect
          label="Compare to"
          value={to}
          versions={versions}
          onChange={(next) => onPair({ from, to: next })}
        />
        <span className="ml-auto" />
        {wide && (
          <IconButton
            label={sideBySide ? 'Show changes inline' : 'Show changes side by side'}
            icon={sideBySide ? <Rows2 /> : <Columns2 />}
            size="sm"
            onClick={() => {
              setSideBySide(!sideBySide)
              writeStored('qv-diff', sideBySide ? null : 'side')
            }}
          />
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {diff.isPending && (
          <div className="grid h-full place-items-center">
            <Spinner>Comparing versions</Spinner>
          </div>
        )}
        {diff.isError && (
          <ErrorState
            title="The versions could not be compared"
            error={diff.error}
            safe="Both are unchanged."
            retry={() => void diff.refetch()}
          />
        )}
        {diff.data?.files.length === 0 && (
          <EmptyState title="No file differs">These two versions have the same files.</EmptyState>
        )}
        {diff.data && diff.data.files.length > 0 && (
          <>
            <DiffSummary
              diff={diff.data}
              words={from === to - 1 ? (described?.summary ?? null) : null}
              onFile={shows}
            />
            <div className="flex flex-col gap-3 p-3">
              {diff.data.files.map((file, i) => (
                <FileDiffView
                  key={file.path}
                  id={`${id}-${i}`}
                  file={file}
                  layout={layout}
                  openAtFirst={diff.data.files.length <= MOST_OPEN}
                />
              ))}
            </div>
          </>
        )}
      </div>
    </div>
  )
}

interface VersionSelectProps {
  label: string
  value: number
  versions: readonly Version[]
  /** Nothing at all can be chosen, too. */
  beginning?: boolean
  onChange: (number: number) => void
}

function VersionSelect({ label, value, versions, beginning = false, onChange }: VersionSelectProps) {
  const options: SelectOption<string>[] = versions.map(({ number, title }) => ({
    value: String(number),
    label: `v${number}`,
    hint: title,
  }))
  if (beginning) options.push({ value: '0', label: 'Nothing', hint: 'Before version 1' })
  // It may be on a page of the list that is not loaded.
  if (!options.some((option) => option.value === String(value)))
    options.push({ value: String(value), label: `v${value}` })
  return (
    <Select
      label={label}
      look="bare"
      value={String(value)}
      options={options}
      onChange={(next) => onChange(Number(next))}
      className="tnum"
    />
  )
}
