import { useQuery } from '@tanstack/react-query'

import { instanceQuery } from '@/api/auth'
import { messageOf } from '@/api/error'
import { type EngineKind, type PassedEngine, type Sandbox } from '@/api/generated/wire'
import { useChooseEngine } from '@/api/sandbox'
import { WebcontainerLicence } from '@/components/WebcontainerLicence'
import { Notice } from '@/ui/Notice'

import { useWorkspace } from '../context'
import { ENGINES } from '@/components/engines'

const ORDER: readonly EngineKind[] = ['browser', 'local', 'daytona', 'webcontainer']

/** Where else the app could run: editors choose, others read why not. */
export function EngineChoice({ sandbox }: { sandbox: Sandbox }) {
  const { project, canEdit } = useWorkspace()
  const instance = useQuery(instanceQuery())
  const choose = useChooseEngine(project.id)
  const why = new Map(sandbox.passed.map((each) => [each.engine, each.why]))
  const offered = ORDER.filter((engine) => engine !== 'webcontainer' || instance.data?.webcontainer === true)
  if (!canEdit) return <Passed passed={sandbox.passed.filter(({ engine }) => offered.includes(engine))} />

  // Until the server has answered, what was pressed is what is shown.
  const chosen = choose.isPending ? choose.variables.engine : sandbox.chosen
  return (
    <fieldset className="border-t px-4 py-3" aria-busy={choose.isPending || undefined}>
      <legend className="float-left mb-1 text-sm font-medium">Choose where it runs</legend>
      <div className="clear-both flex flex-col">
        <Option
          label="Let QuickVibe choose"
          hint="The cheapest place that can run what the files need."
          checked={chosen === null}
          onChoose={() => choose.mutate({ engine: null })}
        />
        {offered.map((engine) => (
          <Option
            key={engine}
            label={ENGINES[engine].name}
            // That it is only ever chosen is no reason against choosing it.
            hint={(engine === 'webcontainer' ? undefined : why.get(engine)) ?? ENGINES[engine].hint}
            checked={chosen === engine}
            onChoose={() => choose.mutate({ engine })}
          />
        ))}
      </div>
      {choose.isError && (
        // The list may be longer than the screen.
        <div ref={(element) => element?.scrollIntoView({ block: 'nearest' })}>
          <Notice tone="danger" className="mt-2" title="It runs where it ran before">
            {messageOf(choose.error)}
          </Notice>
        </div>
      )}
      {chosen === 'webcontainer' && !choose.isError && (
        <Notice className="mt-2">
          <WebcontainerLicence />
        </Notice>
      )}
    </fieldset>
  )
}

interface OptionProps {
  label: string
  hint: string
  checked: boolean
  onChoose: () => void
}

const Option = ({ label, hint, checked, onChoose }: OptionProps) => (
  // eslint-disable-next-line jsx-a11y/label-has-associated-control -- its words are in a component's properties
  <label className="-mx-2 flex cursor-pointer gap-2.5 rounded-control px-2 py-1.5 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent">
    <input
      type="radio"
      name="engine"
      checked={checked}
      onChange={onChoose}
      className="mt-1 size-3.5 shrink-0 accent-(--accent) outline-none"
    />
    <span className="min-w-0">
      <span className="block">{label}</span>
      <span className="block text-sm text-pretty text-ink-muted">{hint}</span>
    </span>
  </label>
)

function Passed({ passed }: { passed: PassedEngine[] }) {
  if (passed.length === 0) return null
  return (
    <div className="border-t px-4 py-3">
      <h4 className="text-sm font-medium">Why not elsewhere</h4>
      <dl className="mt-1 flex flex-col gap-1.5">
        {passed.map(({ engine, why }) => (
          <div key={engine}>
            <dt>{ENGINES[engine].name}</dt>
            <dd className="text-sm text-pretty text-ink-muted">{why}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
