import { type UsageFilter } from '@/api/usage'
import { type UsageGroup, type UsageReport } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { Select } from '@/ui/Select'

/** What a report is narrowed to. */
export type Narrowed = Pick<UsageFilter, 'project' | 'model' | 'key'>

/** A select's value is never empty. */
const ALL = 'all'
const NARROWS = ['project', 'model', 'key'] as const
const NAMES = { project: 'projects', model: 'models', key: 'keys' } as const

interface FiltersProps {
  /** The report that is not narrowed: it names what there is. */
  report: UsageReport | undefined
  value: Narrowed
  onChange: (value: Narrowed) => void
}

/** One select each for project, model and key, where there is a choice. */
export function Filters({ report, value, onChange }: FiltersProps) {
  const groups = {
    project: report?.projects ?? [],
    model: report?.models ?? [],
    key: report?.keys ?? [],
  }
  const shown = NARROWS.filter((name) => groups[name].length > 1 || value[name] !== undefined)
  if (shown.length === 0) return null
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      {shown.map((name) => (
        <Select
          key={name}
          label={`Only of one ${name}`}
          value={value[name] ?? ALL}
          options={[
            { value: ALL, label: `All ${NAMES[name]}` },
            ...groups[name].flatMap((group) => optionOf(group)),
          ]}
          onChange={(next) => onChange({ ...value, [name]: next === ALL ? undefined : next })}
          className="w-48 max-sm:w-full"
        />
      ))}
      {NARROWS.some((name) => value[name] !== undefined) && (
        <Button variant="ghost" onClick={() => onChange({})}>
          Show all
        </Button>
      )}
    </div>
  )
}

const optionOf = ({ id, name }: UsageGroup) => (id === null ? [] : [{ value: id, label: name }])
