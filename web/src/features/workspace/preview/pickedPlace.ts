import { type QueryClient } from '@tanstack/react-query'

import { fileQuery, filesQuery } from '@/api/files'
import { type FileContent, type FileList, type PickedElement as Picked } from '@/api/generated/wire'
import { keys } from '@/api/keys'

import { type PickedElement } from './frameMessage'

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte)$/
/** Limits of the message's fields. */
const COMPONENT_CHARS = 80
const TEXT_CHARS = 200

/** From 1; `undefined` where no line matches. */
function lineOf(text: string, test: (line: string) => boolean): number | undefined {
  const at = text.split('\n').findIndex(test)
  return at < 0 ? undefined : at + 1
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a line defines this component. */
const defines = (component: string) => {
  const pattern = new RegExp(`\\b(?:function|const|let|var|class)\\s+${escaped(component)}\\b`)
  return (line: string) => pattern.test(line)
}

/** `src/ui/Timer.tsx` and `src/Timer/index.tsx` are named after the component `Timer`. */
function isNamedAfter(path: string, component: string): boolean {
  const parts = path.split('/')
  const base = (parts.at(-1) ?? '').replace(/\.[^.]+$/, '')
  const name = base === 'index' ? (parts.at(-2) ?? '') : base
  const plain = (text: string) => text.replace(/[-_.]/g, '').toLowerCase()
  return CODE.test(path) && plain(name) === plain(component)
}

/**
 * The file and line that draw what was pointed at: where the preview knows, what it says; otherwise the component's
 * definition; in a page without components, the words. `null` where none is found. Reads at most one file.
 */
export async function placeOf(
  client: QueryClient,
  projectId: string,
  element: PickedElement,
): Promise<Picked | null> {
  const { components, source } = element
  const text = element.text.slice(0, TEXT_CHARS)
  const words = {
    component: components[0]?.slice(0, COMPONENT_CHARS),
    text: text === '' ? undefined : text,
  }
  const files = await client.query(filesQuery(projectId))
  const paths = files.items.map((file) => file.path)

  if (source && paths.includes(source.file)) {
    const { file: path, line, component } = source
    return { path, line: line ?? undefined, ...words, component: component || words.component }
  }
  const textOf = async (path: string) => {
    const content = await client.query(fileQuery(projectId, path))
    return content.text.encoding === 'utf8' ? content.text.content : ''
  }
  for (const component of components) {
    const path = paths.find((each) => isNamedAfter(each, component))
    if (path !== undefined) {
      return { path, line: lineOf(await textOf(path), defines(component)), ...words, component }
    }
    // Files that were open here: reading all others would take a request for each.
    for (const [, content] of client.getQueriesData<FileContent | FileList>({
      queryKey: keys.files(projectId),
    })) {
      if (!content || !('text' in content) || content.text.encoding !== 'utf8') continue
      const line = lineOf(content.text.content, defines(component))
      if (line !== undefined) return { path: content.file.path, line, ...words, component }
    }
  }
  if (components.length === 0 && text !== '' && paths.includes('index.html')) {
    const line = lineOf(await textOf('index.html'), (each) => each.includes(text.slice(0, 40)))
    if (line !== undefined) return { path: 'index.html', line, ...words }
  }
  return null
}
