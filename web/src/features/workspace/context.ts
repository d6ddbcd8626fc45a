import { createContext, useContext } from 'react'

import { type PickedElement, type Project } from '@/api/generated/wire'
import { type OutputTab, type WorkspaceView } from '@/components/paths'

/** Where in a file. */
export interface FileSpot {
  path: string
  /** From 1. */
  line?: number
}

/** What the panes of one project share. */
export interface Workspace {
  project: Project
  canEdit: boolean
  view: WorkspaceView
  show: (view: WorkspaceView) => void
  /** Room for chat and another pane. */
  wide: boolean
  /** The tab of the output under the preview; `null` while that is hidden. */
  panel: OutputTab | null
  /** Shows that tab, and the preview above it; `null` hides the output. */
  showPanel: (panel: OutputTab | null) => void
  /** The generation that runs now, or the last one that this tab saw: `useGeneration` tells of it. */
  liveId: string | null
  /** Follow this generation from now on. */
  follow: (generationId: string) => void
  /** The file to show in the code pane; a new object each time that it is asked for. */
  spot: FileSpot | null
  openFile: (path: string, line?: number) => void
  /** Opens the changes that wait, above the code. */
  showWaiting: () => void
  /** A new object each time that they are asked for. */
  waitingAsked: object | null
  /** Puts words into the composer; the person sends them. */
  compose: (text: string) => void
  composed: { text: string } | null
  /** What was pointed at in the preview and goes with the next message. */
  picked: PickedElement | null
  attach: (picked: PickedElement | null) => void
}

export const WorkspaceContext = createContext<Workspace | null>(null)

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace is for parts of the workspace page')
  return workspace
}
