import { useQuery } from '@tanstack/react-query'
import { memo, useState } from 'react'

import { filesQuery } from '@/api/files'
import { troubleOf } from '@/stream/status'
import { turnFromGeneration } from '@/stream/summary'
import { useGeneration } from '@/stream/useGeneration'
import { Badge } from '@/ui/Badge'
import { RelativeTime } from '@/ui/RelativeTime'
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

const MODES = { build: null, ask: 'Ask', plan: 'Plan' } as const

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
      {user && (
        <div className="flex flex-col items-end gap-1 pl-8">
          {user.images.length > 0 && (
            <div className="flex flex-wrap justify-end gap-2">
              {user.images.map((src, i) => (
                <img
                  key={src}
                  src={src}
                  alt={`Attachment ${i + 1}`}
                  className="max-h-40 rounded-card border"
                />
              ))}
            </div>
          )}
          <div className="max-w-full rounded-card bg-hover px-3 py-2">
            {/* Their own words, as they wrote them: Markdown would drop a tag that they ask about. */}
            <p className="wrap-anywhere whitespace-pre-wrap">{user.text}</p>
          </div>
          <div className="flex items-center gap-2 text-xs text-ink-faint">
            {MODES[user.mode] && <Badge>{MODES[user.mode]}</Badge>}
            <RelativeTime at={user.created_at} />
          </div>
        </div>
      )}
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
