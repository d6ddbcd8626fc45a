import { Tabs as Radix } from 'radix-ui'
import { type ReactNode } from 'react'

import { cx } from './cx'

export interface Tab<T extends string> {
  value: T
  label: string
  icon?: ReactNode
}

interface TabsProps<T extends string> {
  /** What the tabs choose, read aloud. */
  label: string
  value: T
  tabs: readonly Tab<T>[]
  onChange: (value: T) => void
  /** The panels: `TabPanel`s, anywhere below. */
  children?: ReactNode
  className?: string
}

/** Wraps a region whose panels are chosen by a `TabList` anywhere inside. */
export function Tabs<T extends string>({ label, value, tabs, onChange, children, className }: TabsProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} className={className}>
      <TabList label={label} tabs={tabs} />
      {children}
    </Radix.Root>
  )
}

/** Only inside `TabsRoot` or `Tabs`. */
/** `detached` when the panels are no `TabPanel`s. */
export function TabList<T extends string>({
  label,
  tabs,
  detached = false,
  className,
}: {
  label: string
  tabs: readonly Tab<T>[]
  detached?: boolean
  className?: string
}) {
  return (
    <Radix.List
      aria-label={label}
      className={cx('inline-flex items-center gap-0.5 rounded-[8px] bg-sunken p-0.5', className)}
    >
      {tabs.map((tab) => (
        <Radix.Trigger
          key={tab.value}
          value={tab.value}
          {...(detached && { 'aria-controls': undefined })}
          className="inline-flex h-7 items-center gap-1.5 rounded-control px-2.5 text-sm font-medium text-ink-muted transition-colors hover:text-ink data-[state=active]:bg-surface data-[state=active]:text-ink data-[state=active]:shadow-[0_0_0_1px_var(--line)] pointer-coarse:h-9 [&_svg]:size-4"
        >
          {tab.icon}
          {tab.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
  )
}

export function TabsRoot<T extends string>({
  value,
  onChange,
  children,
  className,
}: {
  value: T
  onChange: (value: T) => void
  children: ReactNode
  className?: string
}) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} className={className}>
      {children}
    </Radix.Root>
  )
}

export const TabPanel = ({
  value,
  children,
  className,
  keep = false,
}: {
  value: string
  children: ReactNode
  className?: string
  /** Goes on living while another is shown. */
  keep?: boolean
}) => (
  <Radix.Content
    value={value}
    forceMount={keep || undefined}
    className={cx('outline-none', keep && 'data-[state=inactive]:hidden', className)}
  >
    {children}
  </Radix.Content>
)
