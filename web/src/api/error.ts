import { type ErrorCode, type FieldProblem, type Problem } from './generated/wire'

/** What a call can fail with: the server's codes, and the two that only a browser sees. */
export type ApiErrorCode = ErrorCode | 'offline' | 'bad_answer'

/** A failed call: every field is safe to show. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly fields: readonly FieldProblem[]
  readonly retryable: boolean
  readonly retryAfter: number | null
  readonly requestId: string | null

  constructor(problem: Omit<Problem, 'code' | 'type'> & { code: ApiErrorCode }) {
    super(problem.detail)
    this.code = problem.code
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
    this.fields = problem.fields ?? []
    this.retryable = problem.retryable
    this.retryAfter = problem.retry_after ?? null
    this.requestId = problem.request_id ?? null
  }

  /** What is wrong with one field of a form, if anything. */
  field(name: string): string | undefined {
    return this.fields.find((f) => f.field === name)?.message
  }
}

/** The network did not carry the call. */
export function offlineError(): ApiError {
  return new ApiError({
    code: 'offline',
    status: 0,
    title: 'The server cannot be reached',
    detail: 'The server did not answer. What you wrote is kept here; try again when the connection is back.',
    retryable: true,
  })
}

/** Reads a failed response; an answer that is no problem+json is told honestly. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id')
  const body: unknown = await response.json().catch(() => null)
  if (isProblem(body)) return new ApiError({ ...body, request_id: body.request_id ?? requestId ?? undefined })
  return new ApiError({
    code: 'bad_answer',
    status: response.status,
    title: 'The server gave an answer that cannot be read',
    detail: `The server answered ${response.status} without an explanation. Nothing here was changed; try again.`,
    retryable: response.status >= 500,
    request_id: requestId ?? undefined,
  })
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'title' in body &&
    typeof body.title === 'string'
  )
}

/** Any thrown thing as words for a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) {
    return error.fields.length === 0 ? error.detail : error.fields.map((f) => f.message).join(' ')
  }
  if (error instanceof Error && error.message !== '') return error.message
  return 'An unknown problem occurred in this page. Reload it to go on; your project is safe on the server.'
}

/** Whether a call failed for this reason. */
export function isCode(error: unknown, ...codes: ApiErrorCode[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code)
}
