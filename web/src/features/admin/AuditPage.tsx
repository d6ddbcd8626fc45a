import { useInfiniteQuery } from '@tanstack/react-query'
import { Download, X } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { useSearchParams } from 'react-router'

import { auditCsv, auditQuery, type AuditFilter } from '@/api/admin'
import { type AuditAction } from '@/api/generated/wire'
import { AuditList } from '@/components/AuditList'
import { AUDIT_WORDS } from '@/components/auditWords'
import { PageHead } from '@/components/Panel'
import { Button } from '@/ui/Button'
import { Input } from '@/ui/Input'
import { Select } from '@/ui/Select'
import { usePageTitle } from '@/ui/usePageTitle'

/** A select's value is never empty. */
const ALL = 'all'
const ACTIONS = [
  { value: ALL, label: 'Everything' },
  ...(Object.entries(AUDIT_WORDS) as [AuditAction, (typeof AUDIT_WORDS)[AuditAction]][]).map(
    ([value, { name, group }]) => ({ value, label: name, group }),
  ),
]

/** Who did what on this server. */
export function AuditPage() {
  usePageTitle('Audit log')
  const [params, setParams] = useSearchParams()
  const action = params.get('action')
  const filter: AuditFilter = {
    action: action !== null && action in AUDIT_WORDS ? (action as AuditAction) : undefined,
    user: params.get('user') ?? undefined,
    from: params.get('from') ?? undefined,
    until: params.get('until') ?? undefined,
  }
  const entries = useInfiniteQuery(auditQuery(filter))
  const narrowed = Object.values(filter).some((value) => value !== undefined)

  const set = (name: keyof AuditFilter, value: string) =>
    setParams(
      (old) => {
        const changed = new URLSearchParams(old)
        if (value === '') changed.delete(name)
        else changed.set(name, value)
        return changed
      },
      { replace: true },
    )

  return (
    <>
      <PageHead
        title="Audit log"
        lead="Who did what: sign-ins, keys, limits, prices, exports and commands. Nobody can change an entry."
        action={
          <Button asChild icon={<Download />}>
            <a href={auditCsv(filter)} download>
              Download CSV
            </a>
          </Button>
        }
      />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <Select
          label="Only one kind of act"
          value={filter.action ?? ALL}
          options={ACTIONS}
          onChange={(value) => set('action', value === ALL ? '' : value)}
          className="w-48 max-sm:w-full"
        />
        <UserFilter value={filter.user ?? ''} onChange={(user) => set('user', user)} />
        <Day label="From this day on" value={filter.from} onChange={(day) => set('from', day)} />
        <Day label="Until this day" value={filter.until} onChange={(day) => set('until', day)} />
        {narrowed && (
          <Button variant="ghost" icon={<X />} onClick={() => setParams({}, { replace: true })}>
            Show all
          </Button>
        )}
      </div>
      <AuditList entries={entries} empty="Choose another kind of act, another user or another time." />
    </>
  )
}

/** What one user did, or what was done to them: asked for when the address is whole. */
function UserFilter({ value, onChange }: { value: string; onChange: (user: string) => void }) {
  const [text, setText] = useState(value)
  const [before, setBefore] = useState(value)
  if (value !== before) {
    setBefore(value)
    setText(value)
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onChange(text.trim())
  }
  return (
    <form onSubmit={submit} className="max-sm:w-full">
      <Input
        aria-label="Only about one user"
        placeholder="E-mail address, Enter"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (text.trim() !== value) onChange(text.trim())
        }}
        className="sm:w-52"
      />
    </form>
  )
}

interface DayProps {
  label: string
  value: string | undefined
  onChange: (day: string) => void
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <Input
      type="date"
      aria-label={label}
      title={`${label} (UTC)`}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value)}
      className="max-w-36 max-sm:max-w-[calc(50%-0.25rem)]"
    />
  )
}
