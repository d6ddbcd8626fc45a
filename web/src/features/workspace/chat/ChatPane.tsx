import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown, MessagesSquare } from 'lucide-react'

import { inOrder, messagesQuery } from '@/api/messages'
import { isAsking, isRunning, useGenerationValue } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { Skeleton } from '@/ui/Skeleton'

import { useWorkspace } from '../context'
import { announcementOf } from '../turn/words'
import { Composer } from './Composer'
import { ChatTurnView } from './ChatTurnView'
import { QueueList } from './QueueList'
import { SetAside } from './SetAside'
import { partsOf, turnsOf } from './turns'
import { useStickToEnd } from '@/ui/useStickToEnd'

/** The conversation, the agent at work in it, and the composer. */
export function ChatPane() {
  const { project, liveId, compose, canEdit } = useWorkspace()
  const announcement = useGenerationValue(liveId, ({ turn }) => (turn.seq > 0 ? announcementOf(turn) : ''))
  const running = useGenerationValue(liveId, isRunning)
  const asks = useGenerationValue(liveId, isAsking)
  const messages = useInfiniteQuery(messagesQuery(project.id))
  const { box, content, away, toEnd, onScroll } = useStickToEnd()
  const turns = messages.data ? turnsOf(inOrder(messages.data)) : []
  const parts = partsOf(turns)

  return (
    <section aria-label="Chat" className="flex min-h-0 min-w-0 flex-1 flex-col bg-canvas">
      <h2 className="sr-only">Chat</h2>
      <div
        ref={box}
        onScroll={onScroll}
        className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto overscroll-contain"
      >
        <div ref={content} className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-4">
          {messages.hasNextPage && (
            <Button
              variant="ghost"
              size="sm"
              className="self-center"
              busy={messages.isFetchingNextPage}
              onClick={() => void messages.fetchNextPage()}
            >
              {messages.isFetchingNextPage ? 'Loading earlier messages' : 'Show earlier messages'}
            </Button>
          )}
          {messages.isPending && <ChatSkeleton />}
          {messages.isError && !messages.data && (
            <ErrorState
              title="The chat did not load"
              error={messages.error}
              safe="Nothing in it is lost."
              retry={() => void messages.refetch()}
            />
          )}
          {messages.data && turns.length === 0 && (
            <EmptyState
              icon={<MessagesSquare />}
              title="Say what should change"
              action={
                canEdit && (
                  <Button onClick={() => compose('Explain how this app is built.')}>
                    Ask how it is built
                  </Button>
                )
              }
            >
              Describe it in your own words. The agent writes the files, and the preview follows.
            </EmptyState>
          )}
          {parts.map((part, i) =>
            part.kind === 'aside' ? (
              <SetAside key={part.id} turns={part.turns} />
            ) : (
              <ChatTurnView key={part.turn.id} turn={part.turn} last={i === parts.length - 1} />
            ),
          )}
        </div>
      </div>
      <div className="relative">
        {away && turns.length > 0 && (
          <Button
            size="sm"
            icon={<ArrowDown />}
            onClick={toEnd}
            className="absolute! -top-10 left-1/2 -translate-x-1/2 shadow-float"
          >
            {asks ? 'Waits for you' : running ? 'Follow along' : 'Latest'}
          </Button>
        )}
        <QueueList running={running} />
        <Composer onSent={toEnd} />
      </div>
      <p role="status" className="sr-only">
        {announcement}
      </p>
    </section>
  )
}

function ChatSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <span className="sr-only" role="status">
        Loading the chat
      </span>
      <Skeleton className="ml-auto h-10 w-3/5" />
      <Skeleton className="h-24" />
      <Skeleton className="ml-auto h-10 w-2/5" />
      <Skeleton className="h-16" />
    </div>
  )
}
