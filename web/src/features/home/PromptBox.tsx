import { useQuery } from '@tanstack/react-query'
import { ArrowUp, ImagePlus } from 'lucide-react'
import {
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type Ref,
} from 'react'

import { instanceQuery } from '@/api/auth'
import { carriesFiles, TAKEN_TYPES } from '@/components/attachments/images'
import { ImageTray } from '@/components/attachments/ImageTray'
import { CostTag } from '@/components/CostTag'
import { ImproveButton, ImproveNote } from '@/components/Improve'
import { useImprove } from '@/components/useImprove'
import { ModelPicker } from '@/components/ModelPicker'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { IconButton } from '@/ui/IconButton'
import { Skeleton } from '@/ui/Skeleton'
import { notifyError } from '@/ui/toast'
import { useMediaQuery } from '@/ui/useMediaQuery'

import { PromptNotes } from './PromptNotes'
import { TypeChips } from './TypeChips'
import { type NewProject } from './useNewProject'

export interface PromptHandle {
  /** Puts the cursor after the last word. */
  focusEnd: () => void
}

const DEFAULT_MESSAGE_CHARS = 32_000

/** The prompt: it grows, takes pictures, and says who will answer. */
export function PromptBox({ draft, ref }: { draft: NewProject; ref?: Ref<PromptHandle> }) {
  const { text, images, seeing, model } = draft
  const improve = useImprove({ text, setText: draft.setText, model: draft.chosen, models: draft.models })
  const { data: instance } = useQuery(instanceQuery())
  const [over, setOver] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const noteId = useId()
  // On a touch screen the keyboard would cover what else is here.
  const mouse = useMediaQuery('(pointer: fine)')

  useImperativeHandle(ref, () => ({
    focusEnd: () => {
      // After the new words are in the field.
      requestAnimationFrame(() => {
        const end = field.current?.value.length ?? 0
        field.current?.focus()
        field.current?.setSelectionRange(end, end)
      })
    },
  }))

  const most = instance?.limits.message_chars ?? DEFAULT_MESSAGE_CHARS
  const excess = text.length - most
  const blind = images.items.length > 0 && !seeing
  const canSend = text.trim() !== '' && excess <= 0 && !blind && !images.reading && !draft.starting

  const take = (files: File[]) => {
    if (files.length === 0) return
    if (seeing) images.add(files)
    else {
      const who = draft.models?.items.find((m) => m.id === model)?.label ?? 'The starters'
      notifyError(
        'The picture was not attached',
        new Error(`${who} cannot see pictures. Choose a model that can.`),
      )
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    if (canSend) draft.start()
  }
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files]
    if (files.length === 0) return
    event.preventDefault()
    take(files)
  }
  const onDrop = (event: DragEvent) => {
    setOver(false)
    if (!carriesFiles(event)) return
    event.preventDefault()
    take([...event.dataTransfer.files])
  }

  return (
    <div
      role="presentation"
      onDragOver={(event) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <form
        aria-label="New project"
        onSubmit={(event) => {
          event.preventDefault()
          if (canSend) draft.start()
        }}
        className={cx(
          'rounded-[14px] border border-line-strong bg-surface transition-[border-color,box-shadow] focus-within:border-accent focus-within:shadow-[0_0_0_3px_var(--accent-soft)]',
          over && 'border-accent! bg-accent-soft',
        )}
      >
        <ImageTray items={images.items} reading={images.reading} onRemove={images.remove} />
        <div className="relative">
          <textarea
            ref={field}
            value={text}
            rows={3}
            // The one thing to do on this page.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={mouse}
            aria-label="Describe the app"
            aria-describedby={noteId}
            aria-invalid={excess > 0 || undefined}
            placeholder={over && seeing ? 'Drop the picture here' : 'A pomodoro timer with statistics, dark'}
            onChange={(event) => draft.setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="block field-sizing-content max-h-[40dvh] min-h-24 w-full resize-none bg-transparent pt-4 pr-12 pb-2 pl-4 text-md outline-none"
          />
          <div className="absolute top-2.5 right-2.5">
            <ImproveButton improve={improve} />
          </div>
        </div>
        <ImproveNote improve={improve} className="px-4" />
        <div className="flex flex-wrap items-center gap-x-1 gap-y-2 px-2.5 pt-1.5 pb-2.5">
          <TypeChips value={draft.type} onChange={draft.setType} />
          <div className="flex min-w-0 flex-1 basis-64 items-center justify-end gap-1">
            {seeing && (
              <IconButton
                label="Attach a picture"
                icon={<ImagePlus />}
                side="top"
                className="max-md:mr-auto"
                onClick={() => picker.current?.click()}
              />
            )}
            <input
              ref={picker}
              type="file"
              accept={TAKEN_TYPES.join(',')}
              multiple
              hidden
              onChange={(event) => {
                take([...(event.target.files ?? [])])
                event.target.value = ''
              }}
            />
            {draft.models ? (
              <ModelPicker
                list={draft.models}
                look="bare"
                value={model}
                onChange={draft.setModel}
                className={cx('max-w-48 min-w-0', !seeing && 'max-md:mr-auto')}
              />
            ) : (
              <Skeleton className="h-5 w-28" />
            )}
            <CostTag estimate={draft.estimate} />
            <Button
              type="submit"
              variant="primary"
              busy={draft.starting && draft.startingFrom === undefined}
              disabled={!canSend}
              icon={<ArrowUp aria-hidden />}
              className="ml-1"
            >
              {draft.starting && draft.startingFrom === undefined ? 'Starting' : 'Build'}
            </Button>
          </div>
        </div>
      </form>
      <PromptNotes id={noteId} draft={draft} excess={excess} blind={blind} />
    </div>
  )
}
