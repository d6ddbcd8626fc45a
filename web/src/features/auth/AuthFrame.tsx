import { type ReactNode } from 'react'

import { Logo } from '@/components/Logo'

interface AuthFrameProps {
  title: string
  /** One sentence under the title. */
  lead?: ReactNode
  children?: ReactNode
  /** Quiet help below the card. */
  note?: ReactNode
}

/** The frame of the pages before one is signed in. */
export function AuthFrame({ title, lead, children, note }: AuthFrameProps) {
  return (
    <main className="flex min-h-full flex-col items-center px-4 py-12 sm:justify-center">
      <div className="w-full max-w-sm">
        <p className="mb-8 flex items-center justify-center gap-2.5 text-md font-semibold">
          <Logo className="size-7" />
          QuickVibe
        </p>
        <div className="animate-rise rounded-card border bg-surface p-6">
          <h1 className="text-lg font-semibold text-balance">{title}</h1>
          {lead !== undefined && <div className="mt-1 text-pretty text-ink-muted">{lead}</div>}
          {children !== undefined && <div className="mt-5">{children}</div>}
        </div>
        {note !== undefined && (
          <div className="mt-4 px-2 text-center text-sm text-pretty text-ink-muted">{note}</div>
        )}
      </div>
    </main>
  )
}
