import { type QueryClient } from '@tanstack/react-query'

import { keys } from './keys'

/**
 * A session is over, by whatever end: nothing of the last person stays, neither what was read nor what was sent or
 * answered once (passwords, secrets, codes). Whoever watches the session learns of it.
 */
export function forget(client: QueryClient) {
  client.setQueryData(keys.session(), null)
  const kept: readonly string[] = [keys.session()[0], keys.instance()[0]]
  client.removeQueries({ predicate: ({ queryKey }) => !kept.includes(String(queryKey[0])) })
  client.getMutationCache().clear()
}
