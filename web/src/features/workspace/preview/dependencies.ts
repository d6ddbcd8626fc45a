/** Whether a package.json names a package among its dependencies; one that cannot be read names none. */
export function declares(manifest: string, name: string): boolean {
  try {
    const value: unknown = JSON.parse(manifest)
    if (typeof value !== 'object' || value === null || !('dependencies' in value)) return false
    const { dependencies } = value
    return typeof dependencies === 'object' && dependencies !== null && Object.hasOwn(dependencies, name)
  } catch {
    return false
  }
}
