import { type EventData, type StepKind } from '@/api/generated/wire'

/** One event and how long to wait before it, in milliseconds. */
export type ScriptStep = [wait: number, data: EventData]

export const words = (text: string): ScriptStep[] =>
  text.match(/\S+\s*/g)?.map((word): ScriptStep => [30, { type: 'text_delta', text: word }]) ?? []

export function usage(
  step: number,
  kind: StepKind,
  input: number,
  output: number,
  cost_nanousd: number,
): EventData {
  return {
    type: 'usage',
    step,
    kind,
    usage: { input, output, cache_read: 900, cache_write: 0, reported: true },
    cost_nanousd,
  }
}
