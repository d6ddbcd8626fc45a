import { Check, Copy } from 'lucide-react'
import { useState } from 'react'

import { Button } from './Button'
import { Input } from './Input'
import { notifyError } from './toast'

interface CopyFieldProps {
  /** What it is, read aloud. */
  label: string
  value: string
}

/** Something to take away: shown whole, copied by one press. */
export function CopyField({ label, value }: CopyFieldProps) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch (error) {
      // Browsers have no clipboard on plain HTTP in a network: the text can still be marked.
      notifyError('The browser did not copy it: mark it and copy it yourself', error)
    }
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Input
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.target.select()}
        className="min-w-0 flex-1 basis-56 font-mono text-sm!"
      />
      <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copy()}>
        {copied ? 'Copied' : 'Copy'}
        <span className="sr-only">: {label}</span>
      </Button>
    </div>
  )
}
