/** Every query key, in one place: what is invalidated where can be read here. */
export const keys = {
  instance: () => ['instance'] as const,
  session: () => ['session'] as const,
  sessions: () => ['sessions'] as const,
  projects: (q?: string) => (q === undefined ? (['projects'] as const) : (['projects', { q }] as const)),
  project: (id: string) => ['project', id] as const,
  files: (id: string) => ['project', id, 'files'] as const,
  file: (id: string, path: string) => ['project', id, 'files', path] as const,
  messages: (id: string) => ['project', id, 'messages'] as const,
  versions: (id: string) => ['project', id, 'versions'] as const,
  diff: (id: string, from: number, to: number) => ['project', id, 'diff', from, to] as const,
  preview: (id: string) => ['project', id, 'preview'] as const,
  generation: (id: string) => ['generation', id] as const,
  deadLetters: (filter?: { project?: string; all?: boolean }) =>
    filter === undefined ? (['dead-letters'] as const) : (['dead-letters', filter] as const),
  models: () => ['models'] as const,
  apiKeys: () => ['keys'] as const,
  starters: () => ['starters'] as const,
  usage: (query: object) => ['usage', query] as const,
  prices: () => ['prices'] as const,
}
