import { type Generation } from '@/api/generated/wire'
import { type TurnState } from '@/stream/state'
import { type TurnCost } from '@/stream/summary'
import { plural } from '@/ui/format'
import { Money } from '@/ui/Money'
import { Tokens } from '@/ui/Tokens'

import { Saved } from './Saved'

interface FooterProps {
  turn: TurnState
  generation: Generation | null
  cost: TurnCost | null
}

/** Tokens, money and time, with what the money is compared to. */
export function TurnFooter({ turn, generation, cost }: FooterProps) {
  const step = turn.steps.findLast((s) => s.kind !== 'repair' && s.role === 'builder') ?? turn.steps.at(-1)
  return (
    <footer className="flex flex-wrap gap-x-3 gap-y-1 border-t px-3 py-2 text-xs text-ink-muted tnum">
      {cost ? (
        <>
          <span>
            <Tokens count={cost.input} estimated={cost.estimated} /> {cost.settled ? 'in' : 'sent'}
            {cost.settled && (
              <>
                , <Tokens count={cost.output} /> out
              </>
            )}
          </span>
          {cost.settled && <Money nanousd={cost.nanousd} estimated={cost.estimated} />}
          {cost.repairNanousd > 0 && (
            <span>
              of it <Money nanousd={cost.repairNanousd} /> repairs, not charged
            </span>
          )}
        </>
      ) : (
        <span>{turn.model === null ? 'Made without a model' : 'Nothing spent yet'}</span>
      )}
      {step && (
        <span>
          {plural(step.filesSent, 'file')} sent of {step.filesTotal}
        </span>
      )}
      {generation?.summary && <Saved summary={generation.summary} />}
    </footer>
  )
}
