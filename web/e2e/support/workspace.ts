import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test'

/** A project's page, by what people see on it. */
export class Workspace {
  constructor(readonly page: Page) {}

  async open(site: string, project: string, view?: 'chat' | 'preview' | 'code' | 'versions'): Promise<void> {
    await this.page.goto(`${site}/projects/${project}${view ? `?view=${view}` : ''}`)
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message to the agent' })
  }

  get chat(): Locator {
    return this.page.getByRole('region', { name: 'Chat' })
  }

  /** What the agent did about the newest message. */
  get turn(): Locator {
    return this.chat.getByRole('article', { name: 'What the agent did' }).last()
  }

  get frameElement(): Locator {
    return this.page.getByRole('region', { name: 'Preview' }).locator('iframe')
  }

  /** The app that was built, running. */
  get app(): FrameLocator {
    return this.frameElement.contentFrame()
  }

  async say(message: string): Promise<void> {
    await this.composer.fill(message)
    await this.composer.press('Enter')
  }

  async finished(outcome: RegExp | string = /Version \d+/): Promise<void> {
    await expect(this.turn.getByRole('button').first()).toContainText(outcome, { timeout: 20_000 })
  }

  /** Unfolds the newest turn. */
  async unfold(): Promise<void> {
    const line = this.turn.getByRole('button').first()
    if ((await line.getAttribute('aria-expanded')) === 'false') await line.click()
  }

  async show(view: 'Preview' | 'Code' | 'Versions'): Promise<void> {
    await this.page.getByRole('tab', { name: view }).click()
  }

  async openFile(path: string): Promise<void> {
    await this.page.getByRole('tree', { name: 'Files' }).locator(`[data-path="${path}"]`).click()
    await expect(this.editor).toBeVisible()
  }

  get editor(): Locator {
    return this.page.locator('.cm-content')
  }
}
