import { useEffect, useState } from 'react'

let taken: string | null = null

/**
 * The token of a one-time link, taken out of the address so that it stays in no history and no bookmark.
 * Asking again gives the same one: a page may be rendered twice.
 */
function takeToken(): string | null {
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

/** The token of the link that opened this page, or that was put into its address later; `null` without one. */
export function useLinkToken(): string | null {
  const [token, setToken] = useState(takeToken)
  useEffect(() => {
    // The browser does not load a page anew when only this part of its address changes.
    const onHash = () => setToken((before) => takeToken() ?? before)
    window.addEventListener('hashchange', onHash)
    return () => window.removeEventListener('hashchange', onHash)
  }, [])
  return token
}
