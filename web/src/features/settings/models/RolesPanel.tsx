import { useQuery } from '@tanstack/react-query'
import { Ban, CircleEqual } from 'lucide-react'
import { useId } from 'react'

import { type ModelList, type RoleChoice, type Roles } from '@/api/generated/wire'
import { rolesQuery, useSaveRoles } from '@/api/roles'
import { ModelPicker } from '@/components/ModelPicker'
import { Panel } from '@/components/Panel'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'
import { notifyError } from '@/ui/toast'

const NOBODY = 'nobody'
const SAME = 'same'

const PARTS: { part: keyof Roles; label: string; words: string; nobody: string }[] = [
  {
    part: 'planner',
    label: 'Planner',
    words: 'Plans a large change before it is written: one short call more, which often saves a repair.',
    nobody: 'The builder plans as it goes',
  },
  {
    part: 'reviewer',
    label: 'Reviewer',
    words: 'Reads a large change beside what you asked for: one call more, and a cheap model does it well.',
    nobody: 'Nobody reads the change',
  },
  {
    part: 'tester',
    label: 'Tester',
    words:
      'Writes short checks of what works, so that later turns do not break it: a short call now and then. Carrying them out costs nothing.',
    nobody: 'No new checks are written',
  },
]

/** Who plans, reviews and tests. */
export function RolesPanel({ list }: { list: ModelList }) {
  const roles = useQuery(rolesQuery())
  const save = useSaveRoles()
  const choose = (part: keyof Roles, choice: RoleChoice) => {
    if (!roles.data) return
    save.mutate(
      { ...roles.data, [part]: choice },
      { onError: (error) => notifyError('The choice was not saved', error) },
    )
  }
  return (
    <Panel
      title="Who does what"
      lead="The model that you choose with a message builds. These parts can go to others, and are left out when a change is small."
      flush
    >
      {roles.isPending ? (
        <div aria-busy className="p-4">
          <p className="sr-only">Loading who does what</p>
          <Skeleton className="h-32" />
        </div>
      ) : roles.data === undefined ? (
        <ErrorState
          title="It did not load who does what"
          error={roles.error}
          safe="Your choices are unchanged."
          retry={() => void roles.refetch()}
        />
      ) : (
        PARTS.map(({ part, ...rest }) => (
          <PartRow
            key={part}
            {...rest}
            list={list}
            choice={(save.isPending ? save.variables : roles.data)[part]}
            disabled={save.isPending}
            onChoose={(choice) => choose(part, choice)}
          />
        ))
      )}
    </Panel>
  )
}

interface PartRowProps {
  label: string
  words: string
  /** What it means when nobody does it. */
  nobody: string
  list: ModelList
  choice: RoleChoice
  disabled: boolean
  onChoose: (choice: RoleChoice) => void
}

function PartRow({ label, words, nobody, list, choice, disabled, onChoose }: PartRowProps) {
  const wordsId = useId()
  const value = choice.who === 'model' ? choice.model : choice.who
  const gone = choice.who === 'model' && !list.items.some((model) => model.id === choice.model)
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-medium">{label}</h3>
        <p id={wordsId} className="text-pretty text-ink-muted">
          {words}
          {gone && <span className="block text-warn">The chosen model is not connected any more.</span>}
        </p>
      </div>
      <ModelPicker
        list={list}
        label={label}
        starters={false}
        value={value}
        disabled={disabled}
        aria-describedby={wordsId}
        before={[
          { value: NOBODY, label: 'Nobody', hint: nobody, icon: <Ban aria-hidden /> },
          {
            value: SAME,
            label: 'The same model',
            hint: 'Whoever builds does this, too',
            icon: <CircleEqual aria-hidden />,
          },
          ...(gone ? [{ value, label: value, hint: 'Not connected' }] : []),
        ]}
        onChange={(id) => onChoose(id === NOBODY || id === SAME ? { who: id } : { who: 'model', model: id })}
        className="w-60 max-sm:w-full"
      />
    </div>
  )
}
