import { useState, type ReactNode } from 'react'
import { vi } from 'vitest'

import { WorkspaceContext, type Workspace } from '@/features/workspace/context'
import { DrawerSlot } from '@/features/workspace/output/slot'

import { type ProjectState } from './db'
import { renderApp } from './render'

/** One part of a project's page, with what it does to the others watched. */
export function renderInWorkspace(ui: ReactNode, { project }: ProjectState, change: Partial<Workspace> = {}) {
  const workspace: Workspace = {
    project,
    canEdit: project.role !== 'viewer',
    view: 'preview',
    show: vi.fn(),
    wide: true,
    panel: null,
    showPanel: vi.fn(),
    liveId: null,
    follow: vi.fn(),
    spot: null,
    openFile: vi.fn(),
    showWaiting: vi.fn(),
    waitingAsked: null,
    compose: vi.fn(),
    composed: null,
    picked: null,
    attach: vi.fn(),
    ...change,
  }
  renderApp(
    <WorkspaceContext value={workspace}>
      <WithSlot>{ui}</WithSlot>
    </WorkspaceContext>,
  )
  return workspace
}

/** The output's head, where panels put what can be done. */
function WithSlot({ children }: { children: ReactNode }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  return (
    <main>
      <h3>Part</h3>
      <div ref={setSlot} />
      <DrawerSlot value={slot}>{children}</DrawerSlot>
    </main>
  )
}
