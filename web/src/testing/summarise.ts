import { type Event, type GenerationSummary, type TouchedFile } from '@/api/generated/wire'
import { applyAll } from '@/stream/reducer'
import { roleCosts } from '@/stream/roles'
import { initialTurn } from '@/stream/state'

/** What a turn did, of its events, as the server sums it up. */
export function summarise(events: Event[], model: string | null): GenerationSummary {
  const summary: GenerationSummary = {
    plan: [],
    files: [],
    version: null,
    verified: null,
    repairs: 0,
    usage: null,
    cost_nanousd: null,
    naive_input_tokens: 21_400,
    naive_output_tokens: 6_200,
    naive_cost_nanousd: 157_000_000,
    roles: roleCosts(applyAll(initialTurn, events), null).map((row) => ({
      ...row,
      model: row.model || (model ?? ''),
    })),
    review: null,
    smoke: [],
    questions: [],
    screenshot: null,
    rolled_back: null,
    duration_ms: Date.parse(events.at(-1)?.at ?? '') - Date.parse(events[0]?.at ?? ''),
    error: null,
    error_message: null,
  }
  const files = new Map<string, TouchedFile>()
  for (const event of events) {
    if (event.type === 'plan') summary.plan = event.items
    if (event.type === 'review_finished') summary.review = event.findings
    if (event.type === 'smoke_finished') summary.smoke = event.results
    if (event.type === 'questions') summary.questions = event.items
    if (event.type === 'screenshot') summary.screenshot = event.image
    if (event.type === 'rolled_back') summary.rolled_back = event.reason
    if (event.type === 'repair_started') summary.repairs = event.round
    if (event.type === 'edit_applied') {
      const old = files.get(event.path)
      files.set(event.path, {
        path: event.path,
        op: old?.op ?? event.op,
        added: (old?.added ?? 0) + event.added,
        removed: (old?.removed ?? 0) + event.removed,
      })
    }
    if (event.type === 'usage') {
      const sum = (summary.usage ??= { input: 0, output: 0, cache_read: 0, cache_write: 0, reported: true })
      sum.input += event.usage.input
      sum.output += event.usage.output
      sum.cache_read += event.usage.cache_read
      summary.cost_nanousd = (summary.cost_nanousd ?? 0) + (event.cost_nanousd ?? 0)
    }
    if (event.type === 'done') {
      summary.version = event.version
      summary.verified = event.verified
    }
    if (event.type === 'failed') {
      summary.error = event.code
      summary.error_message = event.message
    }
  }
  summary.files = [...files.values()]
  return summary
}
