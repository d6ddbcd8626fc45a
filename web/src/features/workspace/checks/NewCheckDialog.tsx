import { useState } from 'react'

import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/Input'

import { pathForCheck } from './words'

interface NewCheckDialogProps {
  taken: ReadonlySet<string>
  busy: boolean
  onCreate: (path: string, name: string) => void
  onClose: () => void
}

/** Asks for a new check's name; its steps are written in the editor. */
export function NewCheckDialog({ taken, busy, onCreate, onClose }: NewCheckDialogProps) {
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const path = pathForCheck(name)
  const problem =
    path === null
      ? 'Give it a name of letters or digits, such as “Add a task”.'
      : taken.has(path)
        ? 'There is a check of this name. Give it another.'
        : null
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New check"
      description="A few steps that a person could follow. They are carried out after every turn."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="check-form" busy={busy}>
            Create and edit
          </Button>
        </>
      }
    >
      <form
        id="check-form"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (path !== null && problem === null) onCreate(path, name.trim())
        }}
      >
        <Field
          label="What it shows to work"
          hint={path === null ? 'Such as “Add a task”.' : `It is kept in ${path}.`}
          error={tried && problem !== null ? problem : undefined}
        >
          {(aria) => (
            <Input {...aria} value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
