import { LoaderCircle, Search, X } from 'lucide-react'
import { useRef } from 'react'

import { IconButton } from '@/ui/IconButton'
import { Input } from '@/ui/Input'

interface SearchFieldProps {
  value: string
  onChange: (value: string) => void
  busy: boolean
}

/** Finds projects by name; Escape empties it. */
export function SearchField({ value, onChange, busy }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const clear = () => {
    onChange('')
    field.current?.focus()
  }
  return (
    <div role="search" className="relative w-full max-sm:order-last sm:w-64">
      <span
        aria-hidden
        className="absolute inset-y-0 left-2.5 flex items-center text-ink-faint [&_svg]:size-4"
      >
        {busy ? <LoaderCircle className="animate-spin" /> : <Search />}
      </span>
      <Input
        ref={field}
        type="search"
        aria-label="Search projects by name"
        placeholder="Search by name"
        value={value}
        maxLength={80}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.preventDefault()
            clear()
          }
        }}
        className="px-8! [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== '' && (
        <IconButton
          label="Clear the search"
          icon={<X />}
          size="sm"
          className="absolute! inset-y-0 right-0.5 my-auto"
          onClick={clear}
        />
      )}
    </div>
  )
}
