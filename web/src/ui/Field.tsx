import { useId, type ReactNode } from 'react'

interface FieldProps {
  label: string
  /** Helps to fill it in; stays visible. */
  hint?: ReactNode
  /** What is wrong and the remedy. */
  error?: string
  children: (aria: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** A labelled form field: hint and error are tied to the control for screen readers. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const hasNote = hint !== undefined || error !== undefined
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': hasNote ? noteId : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hasNote && (
        <p id={noteId} className={error === undefined ? 'text-sm text-ink-muted' : 'text-sm text-danger'}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
