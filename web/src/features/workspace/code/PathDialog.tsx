import { useState } from 'react'

import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'

import { pathProblem } from './tree'

interface PathDialogProps {
  title: string
  /** What the button does: "Create", "Rename". */
  act: string
  initial: string
  taken: ReadonlySet<string>
  busy: boolean
  onSubmit: (path: string) => void
  onClose: () => void
}

/** Asks for a file's path: for new files and renames. */
export function PathDialog({ title, act, initial, taken, busy, onSubmit, onClose }: PathDialogProps) {
  const [path, setPath] = useState(initial)
  const [tried, setTried] = useState(false)
  const problem =
    path === initial && act === 'Rename' ? 'Give it another name.' : pathProblem(path.trim(), taken)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="path-form" busy={busy}>
            {act}
          </Button>
        </>
      }
    >
      <form
        id="path-form"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (problem === null) onSubmit(path.trim())
        }}
      >
        <Field
          label="Path"
          hint="Folders are made as they are named."
          error={tried && problem !== null ? problem : undefined}
        >
          {(aria) => (
            <Input
              {...aria}
              value={path}
              spellCheck={false}
              autoCapitalize="off"
              className="font-mono text-sm"
              onChange={(event) => setPath(event.target.value)}
              onFocus={(event) => event.target.setSelectionRange(path.lastIndexOf('/') + 1, path.length)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
