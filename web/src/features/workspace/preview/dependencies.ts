interface Manifest {
  dependencies?: Record<string, string>
}

function read(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** Whether a package.json names a package among its dependencies. */
export function declares(manifest: string, name: string): boolean {
  return read(manifest)?.dependencies?.[name] !== undefined
}

/** A package.json with one more dependency, in its newest version; `null` when the old one cannot be read. */
export function withDependency(manifest: string | null, name: string): string | null {
  const value = manifest === null ? {} : read(manifest)
  if (!value) return null
  const all = Object.entries({ ...value.dependencies, [name]: '*' }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ ...value, dependencies: Object.fromEntries(all) }, null, 2)}\n`
}
