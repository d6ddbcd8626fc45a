import { confirmed } from './confirm'
import { csrfToken, isSamePerson, keepToken } from './csrf'
import { errorOf, isCode, offlineError } from './error'
import { type SessionInfo } from './generated/wire'
import { lostContact } from './reachability'

type Query = Readonly<Record<string, string | number | undefined>>

interface RequestOptions {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Joins and escapes path segments: `path('projects', id, 'files', ...parts)`. */
export function apiPath(...segments: (string | number)[]): string {
  return `/api/${segments.map((s) => encodeURIComponent(s)).join('/')}`
}

function withQuery(path: string, query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  const token = csrfToken()
  if (method !== 'GET' && token !== undefined) headers['x-csrf-token'] = token
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(withQuery(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    lostContact()
    throw offlineError()
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

/** Sends it, and once more where the same person has signed in anew in another tab since this page was loaded. */
async function sendAsSession(method: Method, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await send(method, path, options)
  } catch (error) {
    if (!isCode(error, 'stale_page')) throw error
    const response = await send('GET', apiPath('auth', 'session'), {})
    const session = (await response.json()) as SessionInfo
    if (!isSamePerson(session)) throw error
    keepToken(session)
    return send(method, path, options)
  }
}

/** What needs the password again is sent once more when the person has given it. */
async function sendConfirmed(method: Method, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await sendAsSession(method, path, options)
  } catch (error) {
    if (!isCode(error, 'reauthenticate') || !(await confirmed())) throw error
    return sendAsSession(method, path, options)
  }
}

/** Calls the API and reads its JSON. Throws `ApiError`. `T` is a shape of `generated/wire`. */
async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await sendConfirmed(method, path, options)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => request<T>('POST', path, { body, signal }),
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, { body }),
  delete: <T>(path: string, query?: Query) => request<T>('DELETE', path, { query }),
}
