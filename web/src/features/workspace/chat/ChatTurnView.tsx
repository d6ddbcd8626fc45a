import { memo } from 'react'

import { troubleOf } from '@/stream/status'
import { turnFromGeneration } from '@/stream/summary'
import { useGeneration } from '@/stream/useGeneration'

import { useWorkspace } from '../context'
import { TurnCard } from '../turn/TurnCard'
import { Markdown } from './Markdown'
import { StreamLine } from './StreamLine'
import { TurnActions } from './TurnActions'
import { type ChatTurn } from './turns'
import { UserMessage } from './UserMessage'

/** What a person said, what the agent did and what it answered. */
export const ChatTurnView = memo(function ChatTurnView({ turn, last }: { turn: ChatTurn; last: boolean }) {
  const { liveId } = useWorkspace()
  const { user, generation } = turn
  const live = useGeneration(generation !== null && generation.id === liveId ? liveId : null)
  // While it runs, and until the list has caught up, the stream knows best.
  const followed = live !== null && live.turn.seq > 0 ? live : null
  const state = followed?.turn ?? (generation ? turnFromGeneration(generation) : null)
  const answer = turn.answers.map((m) => m.text).join('\n\n') || (followed?.turn.text ?? '')

  return (
    <div className="group/turn flex flex-col gap-3">
      {user && <UserMessage message={user} />}
      {answer !== '' && <Markdown text={answer} />}
      {live && generation && <StreamLine id={generation.id} stream={live.stream} />}
      {state && generation && (
        <TurnCard
          id={generation.id}
          turn={state}
          generation={generation.summary ? generation : null}
          trouble={live && troubleOf(live.stream)}
        />
      )}
      {state && generation && <TurnActions id={generation.id} state={state} last={last} />}
    </div>
  )
})
