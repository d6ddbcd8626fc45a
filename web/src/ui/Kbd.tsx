import { shortcutKeys } from './platform'

/** A shortcut, such as `mod+k`, as this machine's keyboard prints it. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd className="inline-flex items-center gap-0.5 font-sans text-xs text-ink-faint">
      {shortcutKeys(keys).map((key) => (
        <span
          key={key}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border bg-sunken px-1 text-[0.6875rem] leading-none"
        >
          {key}
        </span>
      ))}
    </kbd>
  )
}
