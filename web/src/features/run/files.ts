import { readFile } from '@/api/files'
import { type FileText } from '@/api/generated/wire'

const AT_ONCE = 6

/** Reads files, a few at a time. */
export async function readFiles(
  projectId: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string | Uint8Array>> {
  const found = new Map<string, string | Uint8Array>()
  const waiting = [...paths]
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      found.set(path, contentOf((await readFile(projectId, path, signal)).text))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return found
}

function contentOf(text: FileText): string | Uint8Array {
  if (text.encoding === 'utf8') return text.content
  return Uint8Array.from(atob(text.content), (char) => char.charCodeAt(0))
}

/** What is written and removed to come from one list of files to another. */
export function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { write: string[]; remove: string[] } {
  return {
    write: [...after].filter(([path, hash]) => before.get(path) !== hash).map(([path]) => path),
    remove: [...before.keys()].filter((path) => !after.has(path)),
  }
}
