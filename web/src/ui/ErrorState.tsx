import { CircleAlert, RotateCw, WifiOff } from 'lucide-react'
import { type ReactNode } from 'react'

import { ApiError, messageOf } from '@/api/error'

import { Button } from './Button'
import { cx } from './cx'

interface ErrorStateProps {
  /** What happened, such as "The versions did not load". */
  title: string
  error?: unknown
  /** What is safe, such as "Your files are unchanged." */
  safe?: string
  /** The next step; `retry` makes a button of its own. */
  action?: ReactNode
  retry?: () => void
  className?: string
}

/** What happened, what is safe, and the next step as a button. */
export function ErrorState({ title, error, safe, action, retry, className }: ErrorStateProps) {
  const requestId = error instanceof ApiError ? error.requestId : null
  const offline = error instanceof ApiError && error.code === 'offline'
  return (
    <div
      role="alert"
      className={cx('mx-auto flex max-w-md flex-col items-center px-6 py-12 text-center', className)}
    >
      <div aria-hidden className="mb-3 text-danger [&_svg]:size-6">
        {offline ? <WifiOff /> : <CircleAlert />}
      </div>
      <h2 className="text-md font-semibold text-balance">{title}</h2>
      {error !== undefined && <p className="mt-1 text-pretty text-ink-muted">{messageOf(error)}</p>}
      {safe !== undefined && <p className="mt-1 text-pretty text-ink-muted">{safe}</p>}
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        {retry && (
          <Button icon={<RotateCw />} onClick={retry}>
            Try again
          </Button>
        )}
        {action}
      </div>
      {requestId !== null && (
        <p className="mt-4 font-mono text-xs text-ink-faint select-all">Request {requestId}</p>
      )}
    </div>
  )
}
