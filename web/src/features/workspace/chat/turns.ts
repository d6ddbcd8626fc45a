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
