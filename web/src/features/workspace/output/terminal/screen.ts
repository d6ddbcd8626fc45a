import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'

import { isMac } from '@/ui/platform'

const FONT = "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace"
const FONT_PX = 13
const SCROLLBACK = 5_000

export interface ScreenSize {
  columns: number
  rows: number
}

/** What the terminal needs of its screen. */
export interface Screen {
  /** `done` when it is shown: what was not yet is a burden. */
  write: (bytes: Uint8Array, done: () => void) => void
  /** A line of our own among what the shell wrote. */
  note: (words: string) => void
  /** Empties it, also of what was scrolled away. */
  reset: () => void
  fit: () => ScreenSize
  focus: () => void
  /** Takes the colours of the page's theme. */
  colour: () => void
  readAloud: (on: boolean) => void
  dispose: () => void
}

interface ScreenOptions {
  readAloud: boolean
  onInput: (text: string | Uint8Array<ArrayBuffer>) => void
  onResize: (size: ScreenSize) => void
  /** The person wants out by the keyboard. */
  onLeave: () => void
}

/** The font must be there before it is measured; without it another is taken. */
const fontReady = (): Promise<unknown> =>
  Promise.race([
    document.fonts.load(`${FONT_PX}px 'JetBrains Mono Variable'`).catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, 1_000)),
  ])

/** Makes a screen in an element. */
export async function createScreen(host: HTMLElement, options: ScreenOptions): Promise<Screen> {
  await fontReady()
  const terminal = new Terminal({
    fontFamily: FONT,
    fontSize: FONT_PX,
    lineHeight: 1.25,
    scrollback: SCROLLBACK,
    screenReaderMode: options.readAloud,
    // Whatever a program asks for, it can be read.
    minimumContrastRatio: 4.5,
    cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    theme: themeOfPage(),
    // Links are text: a shell's output opens nothing.
    linkHandler: { activate: () => undefined },
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.open(host)
  terminal.textarea?.setAttribute('aria-label', 'Terminal')
  terminal.onData(options.onInput)
  terminal.onBinary((data) => options.onInput(Uint8Array.from(data, (char) => char.charCodeAt(0))))
  terminal.onResize(({ cols, rows }) => options.onResize({ columns: cols, rows }))
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true
    if (leaves(event)) {
      event.preventDefault()
      options.onLeave()
      return false
    }
    const control = event.ctrlKey && !event.altKey && !event.metaKey && !isMac
    // As everywhere: what is selected is copied, else the program is interrupted.
    if (control && event.key === 'c' && terminal.hasSelection()) {
      event.preventDefault()
      void navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
      terminal.clearSelection()
      return false
    }
    // The browser pastes.
    return !(control && event.key.toLowerCase() === 'v')
  })
  return {
    write: (bytes, done) => terminal.write(bytes, done),
    note: (words) => terminal.write(`\r\n\x1b[0;2m${words}\x1b[0m\r\n`),
    reset: () => terminal.reset(),
    fit: () => {
      fitting.fit()
      return { columns: terminal.cols, rows: terminal.rows }
    },
    focus: () => terminal.focus(),
    colour: () => {
      terminal.options.theme = themeOfPage()
    },
    readAloud: (on) => {
      terminal.options.screenReaderMode = on
    },
    dispose: () => terminal.dispose(),
  }
}

/** Windows takes Ctrl+Shift+Esc for itself. */
const leaves = (event: KeyboardEvent) =>
  (event.key === 'Escape' && event.ctrlKey && event.shiftKey) || (event.key === 'F6' && event.ctrlKey)

function themeOfPage(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    background: token('surface'),
    foreground: token('ink'),
    cursor: token('accent-text'),
    cursorAccent: token('surface'),
    selectionBackground: token('accent-soft'),
    selectionInactiveBackground: token('pressed'),
    scrollbarSliderBackground: token('line'),
    scrollbarSliderHoverBackground: token('line-strong'),
    scrollbarSliderActiveBackground: token('line-strong'),
    black: token('ink-muted'),
    red: token('danger'),
    green: token('code-string'),
    yellow: token('warn'),
    blue: token('code-function'),
    magenta: token('code-keyword'),
    cyan: token('code-type'),
    white: token('ink'),
    brightBlack: token('ink-faint'),
    brightRed: token('danger'),
    brightGreen: token('ok'),
    brightYellow: token('code-number'),
    brightBlue: token('accent-text'),
    brightMagenta: token('code-keyword'),
    brightCyan: token('code-type'),
    brightWhite: token('ink'),
  }
}
