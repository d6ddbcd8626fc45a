import { type FileEntry } from '@/api/generated/wire'

import { type FileSpot } from '../context'

/** A text in its parts: words, and files that they name. */
export type Part = string | { text: string; spot: FileSpot }

/** Finds the project's files by what people and models call them. */
export class FileNames {
  /** Each end of a path, from a folder on; `null` when several files end so. */
  readonly #ends = new Map<string, string | null>()

  constructor(paths: Iterable<string>) {
    const all = [...paths]
    for (const path of all) {
      for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
        const end = path.slice(at + 1)
        this.#ends.set(end, this.#ends.has(end) ? null : path)
      }
    }
    // A whole path means itself, whatever else ends so.
    for (const path of all) this.#ends.set(path, path)
  }

  /** The file and line that a word names, such as `src/App.tsx:12`, `./App.tsx` or `App.tsx#L3-L9`. */
  spotOf(word: string): FileSpot | null {
    if (word.length > LONGEST) return null
    const [, name = '', colon, hash] = SPOT.exec(word) ?? []
    const path = this.#ends.get(name.replace(/^\.?\//, ''))
    // A plain word is no file, also where a file is called so.
    if (path === undefined || path === null || !/[./]/.test(name)) return null
    const line = Number(colon ?? hash ?? 0)
    return line > 0 ? { path, line } : { path }
  }

  /** The parts of a text; joined they are the text. */
  partsOf(text: string): Part[] {
    const parts: Part[] = []
    let done = 0
    for (const { 0: run, index } of text.matchAll(RUN)) {
      const found = this.#find(run)
      if (!found) continue
      const from = index + found.from
      if (from > done) parts.push(text.slice(done, from))
      parts.push({ text: found.text, spot: found.spot })
      done = from + found.text.length
    }
    if (done < text.length) parts.push(text.slice(done))
    return parts
  }

  #find(run: string): { from: number; text: string; spot: FileSpot } | null {
    if (run.length > LONGEST) return null
    const from = run.length - run.replace(BEFORE, '').length
    const bare = run.slice(from).replace(AFTER, '')
    // Brackets and dots may belong to the name.
    for (const [at, text] of [
      [0, run],
      [from, bare],
    ] as const) {
      const spot = this.spotOf(text)
      if (spot) return { from: at, text, spot }
    }
    return null
  }
}

/** No path of a project is longer, with its line. */
const LONGEST = 300
const RUN = /[^\s<>"'`|,;*“”‘’]+/g
const BEFORE = /^[([{]{1,4}/
const AFTER = /[)\]}.:!?]{1,4}$/
const SPOT = /^(.+?)(?::(\d{1,7})(?:[-–:]\d{1,7})?|#L(\d{1,7})(?:-L?\d{1,7})?)?$/

const known = new WeakMap<readonly FileEntry[], FileNames>()

/** The names of a list of files; made once for each list. */
export function namesOf(files: readonly FileEntry[]): FileNames {
  const made = known.get(files) ?? new FileNames(files.map(({ path }) => path))
  known.set(files, made)
  return made
}

/** As much of a tree of HTML as is needed here. */
interface Node {
  type: string
  tagName?: string
  value?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

const linkTo = ({ path, line }: FileSpot, children: Node[]): Node => ({
  type: 'element',
  tagName: 'file-link',
  properties: { path, line },
  children,
})

/**
 * Makes links to files of what names them: in prose, in code between words, and where a model made a link itself. It
 * runs after everything unsafe is gone, and adds nothing but a name of our own that no text can write.
 */
export function linkFiles({ names }: { names: FileNames }) {
  const walk = (node: Node) => {
    node.children = node.children?.flatMap((child): Node[] => {
      if (child.type === 'text') {
        return names
          .partsOf(child.value ?? '')
          .map((part) =>
            typeof part === 'string'
              ? { type: 'text', value: part }
              : linkTo(part.spot, [{ type: 'text', value: part.text }]),
          )
      }
      if (child.tagName === 'a') {
        const spot = names.spotOf(decoded(child.properties?.href))
        return [spot ? linkTo(spot, child.children ?? []) : child]
      }
      // A listing stays as it is: it is to be read and copied.
      if (child.tagName !== 'pre') walk(child)
      return [child]
    })
  }
  return walk
}

function decoded(href: unknown): string {
  try {
    return typeof href === 'string' ? decodeURI(href) : ''
  } catch {
    return ''
  }
}
