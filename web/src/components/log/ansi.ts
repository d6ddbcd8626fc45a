/** How a piece of a line looks: the terminal's sixteen colours and four styles. */
export interface Look {
  /** 0-15; `null` is the text's own. Colours beyond the sixteen are shown as the nearest of them. */
  ink: number | null
  ground: number | null
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
  inverse: boolean
}

export interface Span {
  text: string
  look: Look
}

/** What goes on from one piece of output to the next. */
export interface AnsiState {
  look: Look
  /** An escape sequence that was cut. */
  rest: string
}

export const PLAIN: Look = {
  ink: null,
  ground: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
}

export const ansiStart: AnsiState = { look: PLAIN, rest: '' }

/** Text, or something that a line's end or a rewrite means. */
export type AnsiToken =
  | { kind: 'text'; text: string; look: Look }
  | { kind: 'newline' }
  /** The line begins anew: a progress bar. */
  | { kind: 'return' }
  /** The line is emptied. */
  | { kind: 'erase' }

// CSI, OSC (with its end), other two-byte escapes; control characters that are not text.
const PIECES =
  // eslint-disable-next-line no-control-regex
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_=>]|\r\n|[\n\r]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g
// What may be the start of one of these.
// eslint-disable-next-line no-control-regex
const CUT = /(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?)?|\r)$/
/** An escape that has no end after this much is none. */
const MOST_REST = 1_024

/** Reads text with colour codes, cut anywhere. Pure. */
export function readAnsi(state: AnsiState, chunk: string): { tokens: AnsiToken[]; state: AnsiState } {
  let text = state.rest + chunk
  const cut = CUT.exec(text)
  const rest = cut && cut[0].length <= MOST_REST ? cut[0] : ''
  text = text.slice(0, text.length - rest.length)
  const tokens: AnsiToken[] = []
  let { look } = state
  let from = 0
  const plain = (to: number) => {
    if (to > from) tokens.push({ kind: 'text', text: text.slice(from, to), look })
  }
  for (const match of text.matchAll(PIECES)) {
    plain(match.index)
    from = match.index + match[0].length
    const [whole, params, final] = match
    if (whole === '\n' || whole === '\r\n') tokens.push({ kind: 'newline' })
    else if (whole === '\r') tokens.push({ kind: 'return' })
    else if (final === 'm') look = styled(look, params ?? '')
    // The line is emptied, or the cursor goes to its first column.
    else if (final === 'K' && params !== '1') tokens.push({ kind: 'erase' })
    else if (final === 'G' && (params === '' || params === '1')) tokens.push({ kind: 'return' })
  }
  plain(text.length)
  return { tokens, state: { look, rest } }
}

/** "Select graphic rendition". */
function styled(look: Look, params: string): Look {
  const codes = params.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)))
  let next = look
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 38 || code === 48) {
      const indexed = codes[i + 1] === 5
      const colour = indexed ? nearest(codes[i + 2] ?? 0) : nearestOf(codes.slice(i + 2, i + 5))
      next = code === 38 ? { ...next, ink: colour } : { ...next, ground: colour }
      i += indexed ? 2 : 4
    } else next = one(next, code)
  }
  return next
}

function one(look: Look, code: number): Look {
  if (code >= 30 && code <= 37) return { ...look, ink: code - 30 }
  if (code >= 90 && code <= 97) return { ...look, ink: code - 82 }
  if (code >= 40 && code <= 47) return { ...look, ground: code - 40 }
  if (code >= 100 && code <= 107) return { ...look, ground: code - 92 }
  switch (code) {
    case 0:
      return PLAIN
    case 1:
      return { ...look, bold: true }
    case 2:
      return { ...look, dim: true }
    case 3:
      return { ...look, italic: true }
    case 4:
      return { ...look, underline: true }
    case 7:
      return { ...look, inverse: true }
    case 22:
      return { ...look, bold: false, dim: false }
    case 23:
      return { ...look, italic: false }
    case 24:
      return { ...look, underline: false }
    case 27:
      return { ...look, inverse: false }
    case 39:
      return { ...look, ink: null }
    case 49:
      return { ...look, ground: null }
    default:
      return look
  }
}

/** One of 256 as one of sixteen. */
function nearest(index: number): number {
  if (index < 16) return index
  if (index >= 232) return greyOf((index - 232) / 23)
  const cube = index - 16
  return nearestOf([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => part * 51))
}

function nearestOf(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb
  const most = Math.max(r, g, b)
  const least = Math.min(r, g, b)
  if (most - least < 40) return greyOf(most / 255)
  const on = (part: number) => (part > least + (most - least) / 2 ? 1 : 0)
  return on(r) + 2 * on(g) + 4 * on(b) + (most > 200 ? 8 : 0)
}

const greyOf = (light: number) => (light < 0.2 ? 0 : light < 0.55 ? 8 : light < 0.85 ? 7 : 15)
