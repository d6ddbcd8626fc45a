import { type SentFile } from '@/api/generated/wire'
import { Tokens } from '@/ui/Tokens'

/** What of the project the model was sent, and why. */
export function SentFiles({ files }: { files: readonly SentFile[] }) {
  return (
    <details className="border-t px-3 py-2 text-xs text-ink-muted">
      <summary className="w-fit cursor-pointer font-medium">What was sent</summary>
      <ul className="mt-1.5 flex flex-col gap-1">
        {files.map((file) => (
          <li key={file.path} className="flex min-w-0 items-baseline gap-2">
            <span className="truncate font-mono text-ink">{file.path}</span>
            <span className="shrink-0">
              {file.reason}
              {!file.whole && ', in part'}
            </span>
            <Tokens count={file.tokens} estimated className="ml-auto shrink-0" />
          </li>
        ))}
      </ul>
    </details>
  )
}
