import { type APIRequestContext, expect } from '@playwright/test'

import {
  type FileContent,
  type FileList,
  type FileSaved,
  type Generation,
  type Page as WirePage,
  type PreviewAddress,
  type ProjectCreated,
  type SessionInfo,
  type TurnStarted,
  type Version,
} from '../../src/api/generated/wire.js'

/** The API as the signed-in person of a browser context: it shares that context's cookies. */
export class Api {
  private token: string | undefined

  constructor(
    private readonly request: APIRequestContext,
    private readonly site: string,
  ) {}

  async signIn(token: string): Promise<void> {
    await this.send('POST', '/api/auth/setup', { token })
  }

  /** Whatever runs on this machine, the starters answer. */
  async useStarters(): Promise<void> {
    await this.send('PUT', '/api/models/default', { model: 'starters' })
  }

  /** Makes a project and waits for its first turn. Answers its id. */
  async build(prompt: string): Promise<string> {
    const { project, turn } = await this.send<ProjectCreated>('POST', '/api/projects', { prompt })
    if (turn) expect((await this.finished(turn.generation.id)).status).toBe('done')
    return project.id
  }

  /** Says something and waits until it is done. */
  async followUp(project: string, message: string): Promise<void> {
    const { generation } = await this.send<TurnStarted>('POST', `/api/projects/${project}/turns`, { message })
    expect((await this.finished(generation.id)).status).toBe('done')
  }

  /** Waits for a turn's end; one that installs packages needs more time than others. */
  async finished(generation: string, timeout?: number): Promise<Generation> {
    let row: Generation | undefined
    await expect
      .poll(
        async () => {
          row = await this.send<Generation>('GET', `/api/generations/${generation}`)
          return row.finished_at
        },
        { timeout },
      )
      .not.toBeNull()
    if (!row) throw new Error('no generation')
    return row
  }

  preview(project: string): Promise<PreviewAddress> {
    return this.send('POST', `/api/projects/${project}/sandbox`)
  }

  files(project: string): Promise<FileList> {
    return this.send('GET', `/api/projects/${project}/files`)
  }

  async text(project: string, path: string): Promise<string> {
    const { text } = await this.send<FileContent>('GET', `/api/projects/${project}/files/${path}`)
    return text.content
  }

  save(project: string, path: string, content: string): Promise<FileSaved> {
    return this.send('PUT', `/api/projects/${project}/files/${path}`, { text: { encoding: 'utf8', content } })
  }

  async remove(project: string, path: string): Promise<void> {
    await this.send('DELETE', `/api/projects/${project}/files/${path}`)
  }

  async versions(project: string): Promise<Version[]> {
    return (await this.send<WirePage<Version>>('GET', `/api/projects/${project}/versions`)).items
  }

  /** The token of the context's session, if somebody is signed in. */
  private async csrfToken(): Promise<string | undefined> {
    const response = await this.request.get(`${this.site}/api/auth/session`)
    return response.ok() ? ((await response.json()) as SessionInfo).csrf_token : undefined
  }

  /** What stands at an address, as text. */
  async raw(path: string): Promise<string> {
    const response = await this.request.get(this.site + path)
    if (!response.ok()) throw new Error(`GET ${path}: ${response.status()}`)
    return response.text()
  }

  async send<T>(method: string, path: string, data?: unknown): Promise<T> {
    if (method !== 'GET') this.token ??= await this.csrfToken()
    const headers: Record<string, string> = this.token === undefined ? {} : { 'x-csrf-token': this.token }
    const response = await this.request.fetch(this.site + path, { method, data, headers })
    const body = await response.text()
    if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${body}`)
    return (body === '' ? undefined : JSON.parse(body)) as T
  }
}
