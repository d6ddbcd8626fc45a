const key = (projectId: string) => `qv-terminal-${projectId}`

/** The shell that this tab had, so that a reload comes back to it; another tab has its own. */
export function readShell(projectId: string): string | null {
  try {
    return sessionStorage.getItem(key(projectId))
  } catch {
    return null
  }
}

export function writeShell(projectId: string, terminal: string | null) {
  try {
    if (terminal === null) sessionStorage.removeItem(key(projectId))
    else sessionStorage.setItem(key(projectId), terminal)
  } catch {
    // Then a reload begins a new shell.
  }
}
