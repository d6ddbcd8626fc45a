import { type Message } from '@/api/generated/wire'
import { type TurnState } from '@/stream/state'

import { AnswerCard } from './AnswerCard'
import { KeepOrBack } from './KeepOrBack'
import { type Offer } from './offers'
import { PlanEditor } from './PlanEditor'
import { TakenBack } from './TakenBack'

interface TurnOfferProps {
  offer: Offer
  generationId: string
  /** What the turn is about, unless it is on an older page of the chat. */
  user: Message | null
  turn: TurnState
  last: boolean
  /** The version stays as it is: nothing is offered any more. */
  onKeep: () => void
}

/** What a person decides about a finished turn. */
export function TurnOffer({ offer, generationId, user, turn, last, onKeep }: TurnOfferProps) {
  switch (offer) {
    case 'answer':
      return <AnswerCard turn={turn} />
    case 'plan':
      return <PlanEditor turn={turn} />
    case 'taken_back':
      return <TakenBack generationId={generationId} user={user} turn={turn} last={last} />
    case 'keep_or_back':
      return <KeepOrBack user={user} turn={turn} onKeep={onKeep} />
  }
}
