import { type SentFile } from '@/api/generated/wire'
import { Tokens } from '@/ui/Tokens'

/** Why a file was sent, in words; one that is not known here is shown as it is. */
const REASONS: Record<string, string> = {
  error: 'an error is in it',
  picked: 'picked in the preview',
  open: 'open in the editor',
  named: 'named in the message',
  relevant: 'has words of the message',
  similar: 'a message like this changed it',
  together: 'changes together with others here',
  imported: 'linked by imports',
  recent: 'changed lately',
  all_fit: 'all files fit',
}

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
              {REASONS[file.reason] ?? file.reason}
              {!file.whole && ', in part'}
            </span>
            <Tokens count={file.tokens} estimated className="ml-auto shrink-0" />
          </li>
        ))}
      </ul>
    </details>
  )
}
