import type { FileSystemTree } from '@webcontainer/api'

import { SandboxError, type SandboxFiles } from './sandbox'

/** The parts of a path that stays inside the project. */
export function partsOf(path: string): string[] {
  const parts = path.split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\\]/.test(part))
  if (bad) throw new SandboxError(`${path} is no path of a project.`)
  return parts
}

/** Flat paths as the tree that WebContainer mounts. */
export function treeOf(files: SandboxFiles): FileSystemTree {
  const root = folder()
  for (const [path, contents] of files) {
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    let at = root
    for (const part of parts) {
      const next = (at[part] ??= { directory: folder() })
      if (!('directory' in next)) throw new SandboxError(`${path} lies in a file.`)
      at = next.directory
    }
    if (at[name] && 'directory' in at[name]) throw new SandboxError(`${path} is a folder, too.`)
    at[name] = { file: { contents } }
  }
  return root
}

/** A file may be called `constructor` or `__proto__`: names are only ever the project's own. */
const folder = (): FileSystemTree => Object.create(null) as FileSystemTree
