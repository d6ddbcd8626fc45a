import { Component, type ReactNode } from 'react'

import { Button } from './Button'
import { ErrorState } from './ErrorState'

interface Props {
  /** What this part is, such as "The preview". */
  part: string
  /** When it changes, the part is tried again. */
  resetKey?: unknown
  children: ReactNode
}

/** Holds a pane's failure inside the pane: the rest of the page goes on working. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidUpdate(previous: Props) {
    if (this.state.error !== null && previous.resetKey !== this.props.resetKey) this.setState({ error: null })
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        title={`${this.props.part} stopped working`}
        error={this.state.error}
        safe="Everything saved is safe on the server, and the other parts of this page go on working."
        action={<Button onClick={() => this.setState({ error: null })}>Show it again</Button>}
      />
    )
  }
}
