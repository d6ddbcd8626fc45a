import { HttpResponse } from 'msw'

import { type ErrorCode, type FieldProblem, type Problem } from '@/api/generated/wire'

/** A problem+json answer. */
export function problem(status: number, code: ErrorCode, detail: string, fields?: FieldProblem[]) {
  const body: Problem = {
    type: `/docs/errors#${code}`,
    title: detail,
    status,
    detail,
    code,
    retryable: status >= 500,
    request_id: 'req-test',
    fields,
  }
  return HttpResponse.json(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

export const notFound = () => problem(404, 'not_found', 'There is nothing here.')
