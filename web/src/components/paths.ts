/** Every address of the app. */
export const paths = {
  home: () => '/',
  projects: () => '/projects',
  project: (id: string, view?: WorkspaceView) =>
    view === undefined ? `/projects/${id}` : `/projects/${id}?view=${view}`,
  /** A project with a tab of the output under its preview. */
  panel: (id: string, panel: OutputTab) => `/projects/${id}?view=preview&panel=${panel}`,
  settings: (section?: SettingsSection) => (section === undefined ? '/settings' : `/settings/${section}`),
  /** The app in WebContainer: a page that is cut off from all others. */
  run: (id: string) => `/run/${id}`,
  admin: (section?: AdminSection) => (section === undefined ? '/admin' : `/admin/${section}`),
  failedTurns: (project?: string) =>
    project === undefined ? '/settings/failed-turns' : `/settings/failed-turns?project=${project}`,
  login: (next?: string) => (next === undefined ? '/login' : `/login?next=${encodeURIComponent(next)}`),
  /** The printed link: `/setup#token=...`. */
  setup: () => '/setup',
  /** Making an account; with an invitation: `/join#token=...`. */
  join: () => '/join',
  forgot: () => '/forgot',
  /** The link that sets a new password: `/reset#token=...`. */
  reset: () => '/reset',
}

export type WorkspaceView = 'chat' | 'preview' | 'code' | 'versions'
/** What the output under the preview shows. */
export type OutputTab = 'console' | 'checks' | 'findings' | 'server' | 'terminal'
export type SettingsSection =
  'models' | 'account' | 'sessions' | 'tokens' | 'activity' | 'appearance' | 'usage' | 'failed-turns'
export type AdminSection = 'health' | 'people' | 'sandboxes' | 'limits' | 'prices' | 'failed-turns' | 'audit'

/** Only paths of this app are followed after sign-in: never another site. */
export function safeNext(next: string | null): string {
  return next?.startsWith('/') === true && !next.startsWith('//') && !next.includes('\\')
    ? next
    : paths.home()
}
