import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

import { ApiError, isCode } from './error'
import { forget } from './session'

/** Server state lives here and nowhere else. */
export function createQueryClient(): QueryClient {
  // A session that ended anywhere is known everywhere: the gate in `app` then shows the sign-in page.
  const onError = (error: Error) => {
    if (isCode(error, 'unauthenticated')) forget(client)
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < 2 && error instanceof ApiError && error.retryable,
        retryDelay: (count) => Math.min(500 * 2 ** count, 4_000),
      },
      // What is sent or answered once, such as a password, is kept no longer than somebody looks at it.
      mutations: { retry: false, gcTime: 0 },
    },
  })
  return client
}
