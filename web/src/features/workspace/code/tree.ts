import { type FileEntry } from '@/api/generated/wire'

/** One row of the tree, in the order that it is shown. */
export interface TreeRow {
  path: string
  name: string
  /** From 0. */
  depth: number
  kind: 'folder' | 'file'
  open: boolean
  /** Its place among its siblings, from 1, and how many they are. */
  position: number
  siblings: number
}

interface Node {
  name: string
  path: string
  children: Map<string, Node> | null
}

/** Files as rows: folders first, by name, without what is in closed folders. */
export function treeRows(files: readonly Pick<FileEntry, 'path'>[], closed: ReadonlySet<string>): TreeRow[] {
  const root: Node = { name: '', path: '', children: new Map() }
  for (const { path } of files) {
    let node = root
    const names = path.split('/')
    names.forEach((name, i) => {
      const last = i === names.length - 1
      node.children ??= new Map()
      let child = node.children.get(name)
      if (!child) {
        child = { name, path: names.slice(0, i + 1).join('/'), children: last ? null : new Map() }
        node.children.set(name, child)
      }
      node = child
    })
  }
  const rows: TreeRow[] = []
  const walk = (parent: Node, depth: number) => {
    const children = [...(parent.children?.values() ?? [])].sort(byKindAndName)
    children.forEach((node, i) => {
      const folder = node.children !== null
      const open = folder && !closed.has(node.path)
      rows.push({
        path: node.path,
        name: node.name,
        depth,
        kind: folder ? 'folder' : 'file',
        open,
        position: i + 1,
        siblings: children.length,
      })
      if (open) walk(node, depth + 1)
    })
  }
  walk(root, 0)
  return rows
}

function byKindAndName(a: Node, b: Node): number {
  if ((a.children === null) !== (b.children === null)) return a.children === null ? 1 : -1
  return a.name.localeCompare(b.name, 'en', { numeric: true })
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Why a path cannot be a file's, with the remedy; the server checks it again. */
export function pathProblem(path: string, taken: ReadonlySet<string>): string | null {
  if (path === '') return 'Name a file, such as src/App.tsx.'
  if (path.startsWith('/')) return 'Leave out the slash at the start.'
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'Name every folder plainly.'
  if (/[\\:*?"<>|]/.test(path)) return 'Leave out the signs \\ : * ? " < > |.'
  if (taken.has(path)) return 'There is a file with this name. Choose another.'
  return null
}
