/** Whether shortcuts use the command key. */
export const isMac: boolean = /Mac|iPhone|iPad/.test(navigator.userAgent)

const NAMES: Record<string, string> = isMac
  ? { mod: '⌘', shift: '⇧', alt: '⌥', enter: '↩', escape: 'Esc' }
  : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', enter: 'Enter', escape: 'Esc' }

/** `mod+shift+p` as this machine's keyboards print it, one entry per key. */
export function shortcutKeys(shortcut: string): string[] {
  return shortcut.split('+').map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key))
}
