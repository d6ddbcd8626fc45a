import { type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { type ReactNode } from 'react'

import { type AuditEntry, type Page } from '@/api/generated/wire'
import { Card } from '@/ui/Card'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { RelativeTime } from '@/ui/RelativeTime'
import { ShowMore } from '@/ui/ShowMore'
import { Skeleton } from '@/ui/Skeleton'

import { AUDIT_WORDS, auditDetail, auditWhat, auditWho } from './auditWords'

interface AuditListProps {
  entries: UseInfiniteQueryResult<InfiniteData<Page<AuditEntry>>>
  /** What is said when there are none. */
  empty: ReactNode
}

/** Entries of the audit log, the newest first. */
export function AuditList({ entries, empty }: AuditListProps) {
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? []
  if (entries.isPending) {
    return (
      <div aria-busy>
        <p className="sr-only">Loading the log</p>
        <Skeleton className="h-64 rounded-card!" />
      </div>
    )
  }
  if (entries.data === undefined) {
    return (
      <ErrorState
        title="The log did not load"
        error={entries.error}
        safe="Nothing of it is lost."
        retry={() => void entries.refetch()}
      />
    )
  }
  if (rows.length === 0) {
    return (
      <EmptyState icon={<ScrollText />} title="Nothing of the kind is in the log">
        {empty}
      </EmptyState>
    )
  }
  return (
    <>
      <Card className="divide-y" role="list" aria-label="Entries, the newest first">
        {rows.map((entry) => (
          <AuditRow key={entry.id} entry={entry} />
        ))}
      </Card>
      <ShowMore list={entries} className="mt-4" />
    </>
  )
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const { did, icon: Icon } = AUDIT_WORDS[entry.action]
  const what = auditWhat(entry)
  const more = [...auditDetail(entry), ...(entry.address === null ? [] : [`from ${entry.address}`])]
  return (
    <div role="listitem" className="flex gap-3 px-4 py-3">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">
          <span className="font-medium">{auditWho(entry)}</span> {did}
          {what !== null && (
            <>
              {' '}
              <span className="font-medium">{what}</span>
            </>
          )}
        </p>
        <p className="mt-0.5 flex flex-wrap gap-x-3 gap-y-0.5 text-sm text-ink-muted tnum">
          <RelativeTime at={entry.at} />
          {more.map((text) => (
            <span key={text} title={text} className="max-w-full truncate">
              {text}
            </span>
          ))}
        </p>
      </div>
    </div>
  )
}
