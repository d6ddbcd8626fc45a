import { useQuery } from '@tanstack/react-query'
import { memo, useState } from 'react'

import { filesQuery } from '@/api/files'
import { troubleOf } from '@/stream/status'
import { turnFromGeneration } from '@/stream/summary'
import { useGeneration } from '@/stream/useGeneration'
import { readStored, writeStored } from '@/ui/storage'

import { useWorkspace } from '../context'
import { TurnCard } from '../turn/TurnCard'
import { Markdown } from './Markdown'
import { namesOf } from './mentions'
import { offerOf } from './offers'
import { StreamLine } from './StreamLine'
import { TurnActions } from './TurnActions'
import { TurnOffer } from './TurnOffer'
import { type ChatTurn } from './turns'
import { UserMessage } from './UserMessage'

/** What a person said, what the agent did and what it answered. */
export const ChatTurnView = memo(function ChatTurnView({ turn, last }: { turn: ChatTurn; last: boolean }) {
  const { liveId, project, canEdit, openFile } = useWorkspace()
  const { user, generation } = turn
  const live = useGeneration(generation !== null && generation.id === liveId ? liveId : null)
  // While it runs, and until the list has caught up, the stream knows best.
  const followed = live !== null && live.turn.seq > 0 ? live : null
  const state = followed?.turn ?? (generation ? turnFromGeneration(generation) : null)
  const answer = turn.answers.map((m) => m.text).join('\n\n') || (followed?.turn.text ?? '')
  const files = useQuery({ ...filesQuery(project.id), enabled: answer !== '' })
  const names = files.data && namesOf(files.data.items)
  const keptKey = `qv-kept-${project.id}`
  const [kept, setKept] = useState(() => readStored(keptKey))
  const wanted = state && offerOf(state, { last, canEdit, head: project.head_version })
  // A version that they keep is not asked about again.
  const offer = wanted === 'keep_or_back' && kept === generation?.id ? null : wanted

  return (
    <div className="group/turn flex flex-col gap-3">
      {user && <UserMessage message={user} />}
      {answer !== '' && <Markdown text={answer} names={names} openFile={openFile} />}
      {live && generation && <StreamLine id={generation.id} stream={live.stream} />}
      {state && generation && (
        <TurnCard
          id={generation.id}
          turn={state}
          generation={generation.summary ? generation : null}
          trouble={live && troubleOf(live.stream)}
        />
      )}
      {state && generation && offer && (
        <TurnOffer
          offer={offer}
          generationId={generation.id}
          user={user}
          turn={state}
          last={last}
          onKeep={() => {
            writeStored(keptKey, generation.id)
            setKept(generation.id)
          }}
        />
      )}
      {state && generation && <TurnActions id={generation.id} state={state} last={last} offer={offer} />}
    </div>
  )
})
