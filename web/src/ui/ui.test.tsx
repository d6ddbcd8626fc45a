import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { X } from 'lucide-react'
import { describe, expect, test, vi } from 'vitest'

import { ApiError } from '@/api/error'

import { Button } from './Button'
import { ErrorBoundary } from './ErrorBoundary'
import { ErrorState } from './ErrorState'
import { Field } from './Field'
import { IconButton } from './IconButton'
import { InlineEdit } from './InlineEdit'
import { Input } from './Input'
import { Money } from './Money'
import { SplitPane } from './SplitPane'
import { Tokens } from './Tokens'
import { TooltipProvider } from './Tooltip'
import { matchesShortcut } from './useShortcut'

test('a busy button says so and cannot be pressed twice', async () => {
  const onClick = vi.fn()
  render(
    <Button busy onClick={onClick}>
      Saving
    </Button>,
  )
  await userEvent.click(screen.getByRole('button', { name: 'Saving' }))
  expect(onClick).not.toHaveBeenCalled()
  expect(screen.getByRole('button')).toHaveAttribute('aria-busy', 'true')
})

test('an icon button has a name and shows it', async () => {
  render(
    <TooltipProvider>
      <IconButton label="Close" shortcut="escape" icon={<X />} />
    </TooltipProvider>,
  )
  await userEvent.tab()
  expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus()
  expect(await screen.findByRole('tooltip')).toHaveTextContent('Close')
})

test('a field ties its error to the control', () => {
  render(
    <Field label="E-mail" error="Give an address with an @.">
      {(aria) => <Input {...aria} />}
    </Field>,
  )
  const input = screen.getByLabelText('E-mail')
  expect(input).toBeInvalid()
  expect(input).toHaveAccessibleDescription('Give an address with an @.')
})

test('an error state says what happened, what is safe and what to do', async () => {
  const retry = vi.fn()
  const error = new ApiError({
    code: 'unavailable',
    status: 503,
    title: 'Not ready',
    detail: 'The server is starting.',
    retryable: true,
    request_id: 'req-7',
  })
  render(<ErrorState title="The files did not load" error={error} safe="They are safe." retry={retry} />)
  const alert = screen.getByRole('alert')
  for (const text of ['The files did not load', 'The server is starting.', 'They are safe.', 'req-7']) {
    expect(alert).toHaveTextContent(text)
  }
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(retry).toHaveBeenCalledOnce()
})

test('a pane that fails leaves the rest alone and can be shown again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  let broken = true
  const Part = () => {
    if (broken) throw new Error('It broke.')
    return <p>Working</p>
  }
  render(
    <>
      <ErrorBoundary part="The preview">
        <Part />
      </ErrorBoundary>
      <p>Other pane</p>
    </>,
  )
  expect(screen.getByRole('alert')).toHaveTextContent('The preview stopped working')
  expect(screen.getByText('Other pane')).toBeVisible()
  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Show it again' }))
  expect(screen.getByText('Working')).toBeVisible()
})

describe('a split pane', () => {
  const pane = (hide?: 'first') => (
    <SplitPane
      id="t"
      label="Width"
      initial={0.4}
      min={0.2}
      max={0.6}
      hide={hide}
      first={<i>a</i>}
      second={<b>b</b>}
    />
  )

  test('moves by keyboard within its bounds and remembers', async () => {
    const { unmount } = render(pane())
    screen.getByRole('separator', { name: 'Width' }).focus()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}')
    expect(screen.getByRole('separator')).toHaveAttribute('aria-valuenow', '44')
    await userEvent.keyboard('{End}{ArrowRight}')
    expect(screen.getByRole('separator')).toHaveAttribute('aria-valuenow', '60')
    unmount()
    render(pane())
    expect(screen.getByRole('separator')).toHaveAttribute('aria-valuenow', '60')
    fireEvent.doubleClick(screen.getByRole('separator'))
    expect(screen.getByRole('separator')).toHaveAttribute('aria-valuenow', '40')
  })

  test('keeps a hidden pane mounted', () => {
    const { rerender } = render(pane())
    const first = screen.getByText('a')
    rerender(pane('first'))
    expect(screen.getByText('a')).toBe(first)
  })
})

test('an inline edit saves on Enter and forgets on Escape', async () => {
  const onSave = vi.fn()
  const onCancel = vi.fn()
  const edit = <InlineEdit label="Name" value="Old" maxLength={80} onSave={onSave} onCancel={onCancel} />
  const { unmount } = render(edit)
  await userEvent.type(screen.getByLabelText('Name'), '{Control>}a{/Control}New name{Enter}')
  expect(onSave).toHaveBeenCalledExactlyOnceWith('New name')
  unmount()
  render(edit)
  await userEvent.type(screen.getByLabelText('Name'), 'x{Escape}')
  expect(onCancel).toHaveBeenCalledOnce()
  expect(onSave).toHaveBeenCalledOnce()
})

test('money and tokens tell estimates apart', () => {
  render(
    <>
      <Money nanousd={32_000_000} estimated />
      <Money nanousd={null} />
      <Tokens count={12_400} />
    </>,
  )
  for (const text of ['~$0.03', 'price not known', '12.4k']) expect(screen.getByText(text)).toBeVisible()
})

test('shortcuts match whole combinations only', () => {
  const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...init })
  expect(matchesShortcut(press('k', { ctrlKey: true }), 'mod+k')).toBe(true)
  expect(matchesShortcut(press('K', { ctrlKey: true, shiftKey: true }), 'mod+k')).toBe(false)
  expect(matchesShortcut(press('k'), 'mod+k')).toBe(false)
  expect(matchesShortcut(press('?', { shiftKey: true }), '?')).toBe(true)
})
