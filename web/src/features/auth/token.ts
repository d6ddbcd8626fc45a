let taken: string | null = null

/**
 * The token of the printed link, taken out of the address so that it stays in no history and no bookmark.
 * Asking again gives the same one: a page may be rendered twice.
 */
export function takeToken(): string | null {
  const { hash, pathname, search } = window.location
  const token = new URLSearchParams(hash.slice(1)).get('token')
  if (token !== null && token !== '') {
    taken = token
    window.history.replaceState(window.history.state, '', pathname + search)
  }
  const now = taken
  // Once this page is up the token is in its state; a later visit without one has none.
  queueMicrotask(() => {
    taken = null
  })
  return now
}
