import { ImageOff } from 'lucide-react'
import { useState } from 'react'

import { Dialog } from '@/ui/Dialog'

import { Section } from './Section'

/** The app as it was seen when it was checked: small, and large at a click. */
export function Screenshot({ image, version }: { image: string; version: number | null }) {
  const [open, setOpen] = useState(false)
  const [gone, setGone] = useState(false)
  const alt = `The app${version === null ? '' : ` in version ${version}`}, as it was checked`
  return (
    <Section title="Picture">
      {gone ? (
        <p className="flex items-center gap-2 text-sm text-ink-muted">
          <ImageOff aria-hidden className="size-4 shrink-0" />
          The picture is not there any more.
        </p>
      ) : (
        <button
          type="button"
          aria-label="Show the picture of the app larger"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className="block overflow-hidden rounded-control border bg-sunken transition-colors hover:border-line-strong"
        >
          <img
            src={image}
            alt={alt}
            loading="lazy"
            onError={() => setGone(true)}
            className="h-28 w-44 object-cover object-top"
          />
        </button>
      )}
      <Dialog open={open} onOpenChange={setOpen} title="What the app looked like" wide>
        <img src={image} alt={alt} className="mx-auto max-h-[75dvh] rounded-control border" />
      </Dialog>
    </Section>
  )
}
