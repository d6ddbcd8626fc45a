import { type Generation, type Message } from '@/api/generated/wire'

/** One user message and all that was said and done about it. */
export interface ChatTurn {
  id: string
  user: Message | null
  generation: Generation | null
  answers: Message[]
}

/** Messages, oldest first, as turns. An answer whose question is on an older page stands alone. */
export function turnsOf(messages: readonly Message[]): ChatTurn[] {
  const turns: ChatTurn[] = []
  for (const message of messages) {
    const open = turns.at(-1)
    if (message.role === 'user') {
      turns.push({ id: message.id, user: message, generation: message.generation, answers: [] })
    } else if (open) {
      open.answers.push(message)
      open.generation ??= message.generation
    } else {
      turns.push({ id: message.id, user: null, generation: message.generation, answers: [message] })
    }
  }
  return turns
}

/** How many messages are in these turns. */
export const messagesIn = (turns: readonly ChatTurn[]): number =>
  turns.reduce((sum, turn) => sum + (turn.user ? 1 : 0) + turn.answers.length, 0)

const isAside = ({ user, answers }: ChatTurn): boolean => (user ?? answers[0])?.set_aside === true

/** The chat as it is shown: a turn, or a run of turns that it went on without. */
export type ChatPart = { kind: 'turn'; turn: ChatTurn } | { kind: 'aside'; id: string; turns: ChatTurn[] }

export function partsOf(turns: readonly ChatTurn[]): ChatPart[] {
  const parts: ChatPart[] = []
  for (const turn of turns) {
    const open = parts.at(-1)
    if (!isAside(turn)) parts.push({ kind: 'turn', turn })
    else if (open?.kind === 'aside') open.turns.push(turn)
    else parts.push({ kind: 'aside', id: turn.id, turns: [turn] })
  }
  return parts
}
