import { useQuery } from '@tanstack/react-query'
import { ArrowUp, Hammer, ListPlus, ListTodo, MessageCircleQuestion, Paperclip, Square } from 'lucide-react'
import {
  useEffect,
  useId,
  useRef,
  useState,
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
} from 'react'

import { instanceQuery } from '@/api/auth'
import { useEstimate } from '@/api/budgets'
import { isCode } from '@/api/error'
import { useCancelGeneration } from '@/api/generations'
import { type StartTurn, type TurnMode } from '@/api/generated/wire'
import { useStartTurn } from '@/api/messages'
import { modelsQuery } from '@/api/models'
import { useEnqueue } from '@/api/queue'
import { carriesFiles, TAKEN_TYPES } from '@/components/attachments/images'
import { ImageTray } from '@/components/attachments/ImageTray'
import { useAttachments } from '@/components/attachments/useAttachments'
import { CostTag } from '@/components/CostTag'
import { ImproveButton, ImproveNote } from '@/components/Improve'
import { useImprove } from '@/components/useImprove'
import { isActive } from '@/stream/summary'
import { useGenerationValue } from '@/stream/useGeneration'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { IconButton } from '@/ui/IconButton'
import { Select, type SelectOption } from '@/ui/Select'
import { notifyError } from '@/ui/toast'
import { useShortcut } from '@/ui/useShortcut'

import { openFiles } from '../code/useTabs'
import { useWorkspace } from '../context'
import { ModelSelect } from './ModelSelect'
import { PickedChip } from './PickedChip'
import { useDraft } from './useDraft'

const MODES: SelectOption<TurnMode>[] = [
  { value: 'build', label: 'Build', hint: 'Changes the app at once', icon: <Hammer aria-hidden /> },
  {
    value: 'ask',
    label: 'Ask',
    hint: 'Answers with links to files and lines. Changes nothing',
    icon: <MessageCircleQuestion aria-hidden />,
  },
  {
    value: 'plan',
    label: 'Plan',
    hint: 'Writes a plan that you can change before it is built',
    icon: <ListTodo aria-hidden />,
  },
]

/** Open files that the agent is told of: those further back were opened for something else. */
const FILES_IN_VIEW = 3

const PLACEHOLDERS: Record<TurnMode, string> = {
  build: 'What should change?',
  ask: 'Ask about this app',
  plan: 'What should be planned?',
}

/** What the mode keeps from happening; a build needs no words. */
const MODE_NOTES: Record<TurnMode, string | null> = {
  build: null,
  ask: 'Answers only: no file is changed.',
  plan: 'Plans only: you can change the plan before it is built.',
}

/** Where a person says what should happen next. */
export function Composer({ onSent }: { onSent: () => void }) {
  const { project, canEdit, liveId, follow, composed, picked, attach, wide } = useWorkspace()
  const [text, setText] = useDraft(project.id)
  const [mode, setMode] = useState<TurnMode>('build')
  const [model, setModel] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const images = useAttachments()
  const start = useStartTurn(project.id)
  const enqueue = useEnqueue(project.id)
  const sending = start.isPending || enqueue.isPending
  const cancel = useCancelGeneration()
  const instance = useQuery(instanceQuery())
  const models = useQuery(modelsQuery())
  const improve = useImprove({ text, setText, model, models: models.data })
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const noteId = useId()
  const modeId = useId()

  const active = useGenerationValue(liveId, ({ turn }) => isActive(turn.status))
  const heard = useGenerationValue(liveId, ({ turn }) => turn.seq > 0)
  // Before the first event only the project's row knows.
  const running = active && (heard || project.active_generation === liveId) ? liveId : null
  const most = instance.data?.limits.message_chars ?? 32_000
  const tooLong = text.length > most
  const used = models.data?.items.find((m) => m.id === (model ?? models.data.default))
  const blind = images.items.length > 0 && models.data !== undefined && used?.sees_images !== true
  const estimate = useEstimate(project.id, {
    message: text,
    mode,
    model: model ?? undefined,
    images: images.items.length,
  })
  const canSend = canEdit && !sending && text.trim() !== '' && !tooLong && !blind && !images.reading

  useShortcut('mod+i', () => field.current?.focus())

  const [lastComposed, setLastComposed] = useState(composed)
  if (composed !== lastComposed) {
    setLastComposed(composed)
    if (composed && composed.text !== '')
      setText(text.trim() === '' ? composed.text : `${text.trimEnd()}\n\n${composed.text}`)
  }
  useEffect(() => {
    if (!composed) return
    field.current?.focus()
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [composed])

  const taken = () => {
    setText('')
    images.clear()
    attach(null)
  }
  const sendNext = (body: StartTurn) =>
    enqueue.mutate(body, {
      onSuccess: taken,
      onError: (error) => notifyError('The message does not wait to be sent', error),
    })
  const send = () => {
    if (!canSend) return
    const body: StartTurn = {
      message: text.trim(),
      mode,
      model: model ?? undefined,
      images: images.items.map(({ media_type, data }) => ({ media_type, data })),
      context: {
        open_files: openFiles(project.id).slice(0, FILES_IN_VIEW),
        picked: picked ?? undefined,
      },
    }
    if (running !== null) {
      sendNext(body)
      return
    }
    start.mutate(body, {
      onSuccess: ({ generation }) => {
        taken()
        follow(generation.id)
        onSent()
      },
      onError: (error) => {
        const busy = isCode(error, 'busy')
        notifyError(
          busy ? 'The agent is still at work' : 'The message was not sent',
          error,
          busy ? { label: 'Send next', run: () => sendNext(body) } : undefined,
        )
      },
    })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files]
    if (files.length === 0) return
    event.preventDefault()
    images.add(files)
  }
  const onDrop = (event: DragEvent) => {
    setOver(false)
    if (!carriesFiles(event)) return
    event.preventDefault()
    images.add([...event.dataTransfer.files])
  }

  if (!canEdit) {
    return (
      <p className="border-t px-4 py-3 text-sm text-ink-muted">
        You can look at this project. Its owner can let you edit it.
      </p>
    )
  }
  const note = tooLong
    ? `${(text.length - most).toLocaleString('en-US')} characters too long. Shorten it or attach less.`
    : blind
      ? `${used?.label ?? 'The starters'} cannot see pictures. Choose a model that can, or remove them.`
      : (estimate?.over_budget ?? null)

  return (
    <div
      role="presentation"
      className="mx-auto w-full max-w-3xl px-3 pb-3"
      onDragOver={(event) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <form
        aria-label="Message"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
        className={cx(
          '@container rounded-card border bg-surface transition-colors focus-within:border-line-strong',
          over && 'border-accent! bg-accent-soft',
        )}
      >
        {picked && <PickedChip picked={picked} onRemove={() => attach(null)} />}
        <ImageTray items={images.items} reading={images.reading} onRemove={images.remove} />
        <textarea
          ref={field}
          value={text}
          rows={wide ? 2 : 1}
          aria-label="Message to the agent"
          aria-describedby={cx(note !== null && noteId, MODE_NOTES[mode] !== null && modeId) || undefined}
          aria-invalid={tooLong || undefined}
          placeholder={
            over ? 'Drop the picture here' : running === null ? PLACEHOLDERS[mode] : 'What should come next?'
          }
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="block field-sizing-content max-h-[34dvh] w-full resize-none bg-transparent px-3 pt-2.5 pb-1 outline-none max-md:text-md"
        />
        {note !== null && (
          <p id={noteId} className="px-3 pb-1 text-sm text-warn">
            {note}
          </p>
        )}
        {MODE_NOTES[mode] !== null && (
          <p id={modeId} className="px-3 pb-1 text-xs text-ink-muted">
            {MODE_NOTES[mode]}
          </p>
        )}
        <ImproveNote improve={improve} className="px-3" />
        <div className="flex items-center gap-0.5 px-1.5 pb-1.5">
          <IconButton
            label="Attach a picture"
            icon={<Paperclip />}
            size="sm"
            side="top"
            onClick={() => picker.current?.click()}
          />
          <input
            ref={picker}
            type="file"
            accept={TAKEN_TYPES.join(',')}
            multiple
            hidden
            onChange={(event) => {
              images.add([...(event.target.files ?? [])])
              event.target.value = ''
            }}
          />
          <ImproveButton improve={improve} size="sm" />
          <Select
            label="What the turn is for"
            look="bare"
            value={mode}
            options={MODES}
            onChange={setMode}
            className="shrink-0"
          />
          <ModelSelect value={model} onChange={setModel} />
          <span className="ml-auto" />
          {/* What runs is to be stopped, whatever the room; a message that waits is priced when it is sent. */}
          <span className={cx('flex shrink-0', running !== null && '@max-[27rem]:hidden')}>
            <CostTag estimate={estimate} />
          </span>
          {running !== null && (
            <Button
              size="sm"
              icon={<Square className="size-3! fill-current" />}
              busy={cancel.isPending}
              onClick={() =>
                cancel.mutate(running, {
                  onError: (error) => notifyError('The turn was not stopped', error),
                })
              }
            >
              {cancel.isPending ? 'Stopping' : 'Stop'}
            </Button>
          )}
          <IconButton
            type="submit"
            label={sending ? 'Sending' : running === null ? 'Send' : 'Send next'}
            shortcut="enter"
            icon={running === null ? <ArrowUp /> : <ListPlus />}
            variant="primary"
            side="top"
            busy={sending}
            disabled={!canSend}
            className={cx(running !== null && 'ml-1')}
          />
        </div>
      </form>
    </div>
  )
}
