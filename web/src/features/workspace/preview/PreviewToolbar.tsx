import {
  CircleX,
  ExternalLink,
  Monitor,
  MousePointerClick,
  RotateCw,
  Smartphone,
  SquareTerminal,
  Tablet,
  TriangleAlert,
} from 'lucide-react'
import { ToggleGroup } from 'radix-ui'
import { type ReactNode } from 'react'

import { type PreviewAddress } from '@/api/generated/wire'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { plural } from '@/ui/format'
import { IconButton } from '@/ui/IconButton'
import { Tooltip } from '@/ui/Tooltip'
import { useShortcut } from '@/ui/useShortcut'

import { WhereItRuns } from '../machine/WhereItRuns'
import { type Device } from './devices'
import { countsOf, type PreviewLog } from './previewLog'

const SIZES = [
  { device: 'phone', label: 'Phone, 390 wide', icon: Smartphone },
  { device: 'tablet', label: 'Tablet, 820 wide', icon: Tablet },
  { device: 'desktop', label: 'As wide as the pane', icon: Monitor },
] as const

interface PreviewToolbarProps {
  address: PreviewAddress | undefined
  device: Device
  onDevice: (device: Device) => void
  onReload: () => void
  /** Opens the app in a tab where its address is made for that alone. */
  onOpenTab?: () => void
  picking: boolean
  onPick?: () => void
  log: PreviewLog
  drawer: boolean
  onDrawer: () => void
}

export function PreviewToolbar({
  address,
  device,
  onDevice,
  onReload,
  onOpenTab,
  picking,
  onPick,
  log,
  drawer,
  onDrawer,
}: PreviewToolbarProps) {
  const { errors, warnings } = countsOf(log)
  useShortcut('mod+shift+r', onReload)
  useShortcut('mod+j', onDrawer)
  return (
    <div
      role="toolbar"
      aria-label="Preview"
      className="flex h-10 shrink-0 items-center gap-1 border-b bg-canvas px-2"
    >
      <IconButton
        label="Reload the preview"
        shortcut="mod+shift+r"
        icon={<RotateCw />}
        size="sm"
        disabled={!address}
        onClick={onReload}
      />
      <WhereItRuns address={address} onRestarted={onReload} />
      {onPick && (
        <IconButton
          label={picking ? 'Stop pointing' : 'Point at something to change'}
          icon={<MousePointerClick />}
          size="sm"
          aria-pressed={picking}
          className={cx(picking && 'bg-accent-soft text-accent-text')}
          onClick={onPick}
        />
      )}
      <ToggleGroup.Root
        type="single"
        value={device}
        onValueChange={(next) => next !== '' && onDevice(next as Device)}
        aria-label="Size"
        className="hidden items-center sm:flex"
      >
        {SIZES.map(({ device: value, label, icon: Icon }) => (
          <Tooltip key={value} label={label}>
            <ToggleGroup.Item
              value={value}
              aria-label={label}
              className={cx(
                'grid size-7 place-items-center rounded-control text-ink-faint transition-colors hover:bg-hover hover:text-ink pointer-coarse:size-10',
                device === value && 'bg-hover text-ink',
              )}
            >
              <Icon aria-hidden className="size-4" />
            </ToggleGroup.Item>
          </Tooltip>
        ))}
      </ToggleGroup.Root>
      {onOpenTab ? (
        <IconButton label="Open in a new tab" icon={<ExternalLink />} size="sm" onClick={onOpenTab} />
      ) : (
        address?.mode === 'origin' &&
        address.engine !== 'webcontainer' && (
          <Tooltip label="Open in a new tab">
            <Button asChild variant="ghost" size="sm" className="w-7 px-0!">
              <a href={address.url} target="_blank" rel="noreferrer" aria-label="Open in a new tab">
                <ExternalLink aria-hidden />
              </a>
            </Button>
          </Tooltip>
        )
      )}
      <Tooltip label={drawer ? 'Hide the output' : 'Show the output'} shortcut="mod+j">
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={drawer}
          onClick={onDrawer}
          className={cx('tnum', drawer && 'bg-hover text-ink')}
        >
          <SquareTerminal aria-hidden />
          <span className="sr-only">Console: </span>
          <Count number={errors} word="error" icon={<CircleX aria-hidden />} tone="text-danger" />
          <span className="sr-only">, </span>
          <Count number={warnings} word="warning" icon={<TriangleAlert aria-hidden />} tone="text-warn" />
        </Button>
      </Tooltip>
    </div>
  )
}

/** Shown when there are any; always read aloud, in whole words. */
function Count({
  number,
  word,
  icon,
  tone,
}: {
  number: number
  word: string
  icon: ReactNode
  tone: string
}) {
  if (number === 0) return <span className="sr-only">{plural(0, word)}</span>
  return (
    <span className={cx('inline-flex items-center gap-1 [&_svg]:size-3.5!', tone)}>
      {icon}
      {number}
      <span className="sr-only"> {number === 1 ? word : `${word}s`}</span>
    </span>
  )
}
