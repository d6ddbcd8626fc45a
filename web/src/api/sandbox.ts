import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type ChooseEngine, type Sandbox, type SandboxOverview } from './generated/wire'
import { keys } from './keys'

const MOVING_MS = 2_000
const CALM_MS = 10_000

/** Where the app runs and how its machine is; with `watch` again and again, faster while something is done to it. */
export const sandboxQuery = (id: string, watch = false) =>
  queryOptions({
    queryKey: keys.sandbox(id),
    queryFn: ({ signal }) => api.get<Sandbox>(apiPath('projects', id, 'sandbox'), undefined, signal),
    refetchInterval: ({ state }) => (watch ? (isMoving(state.data) ? MOVING_MS : CALM_MS) : false),
  })

function isMoving(sandbox: Sandbox | undefined): boolean {
  const machine = sandbox?.machine
  if (!machine || machine.state === 'failed') return false
  return machine.state === 'starting' || machine.step !== null
}

/** Chooses where the app runs; what the preview shows is of another place then. */
export function useChooseEngine(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ChooseEngine) => api.put<Sandbox>(apiPath('projects', id, 'sandbox', 'engine'), body),
    onSuccess: (sandbox) => {
      client.setQueryData(keys.sandbox(id), sandbox)
      void client.invalidateQueries({ queryKey: keys.preview(id) })
    },
  })
}

/** Stops the machine, or starts it anew. */
export function useSandboxAct(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (act: 'stop' | 'restart') => api.post<Sandbox>(apiPath('projects', id, 'sandbox', act)),
    onSuccess: (sandbox) => client.setQueryData(keys.sandbox(id), sandbox),
  })
}

/** Deletes the machine with what the app has saved in it. */
export function useDeleteMachine(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete<undefined>(apiPath('projects', id, 'sandbox', 'machine')),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sandbox(id) }),
  })
}

/** What the app's server, installs and builds write, as an event stream. */
export const sandboxLogUrl = (id: string): string => apiPath('projects', id, 'sandbox', 'log')

/** The WebSocket of a terminal in the machine. */
export function terminalUrl(id: string): string {
  const url = new URL(apiPath('projects', id, 'terminal'), window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/** What runs on this instance. Administrators. */
export const sandboxesQuery = () =>
  queryOptions({
    queryKey: keys.sandboxes(),
    queryFn: ({ signal }) => api.get<SandboxOverview>(apiPath('admin', 'sandboxes'), undefined, signal),
    refetchInterval: CALM_MS,
  })

/** Stops one of them. Administrators. */
export function useStopSandbox() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.post<undefined>(apiPath('admin', 'sandboxes', id, 'stop')),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sandboxes() }),
  })
}
