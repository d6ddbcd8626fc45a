import { useInfiniteQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import {
  Code,
  FolderOpen,
  History,
  House,
  Keyboard,
  ListChecks,
  LogOut,
  Monitor,
  MonitorPlay,
  Moon,
  Plus,
  Search,
  ShieldCheck,
  Sun,
  TextSearch,
} from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useDeferredValue, useState, type ReactNode } from 'react'
import { useMatch, useNavigate } from 'react-router'

import { useLogout } from '@/api/auth'
import { projectsQuery } from '@/api/projects'
import { paths } from '@/components/paths'
import { PROJECT_TYPES } from '@/components/projectTypes'
import { SETTINGS } from '@/components/settingsSections'
import { Kbd } from '@/ui/Kbd'
import { RelativeTime } from '@/ui/RelativeTime'
import { useTheme, type ThemeChoice } from '@/ui/theme'
import { notifyError } from '@/ui/toast'
import { useReturnFocus } from '@/ui/useReturnFocus'

interface CommandPaletteProps {
  onClose: () => void
  onShortcuts: () => void
}

/** What an open project can show. */
const PLACES: {
  label: string
  words: string
  icon: ReactNode
  keys: string
  to: (projectId: string) => string
}[] = [
  {
    label: 'Preview',
    words: 'app run',
    icon: <MonitorPlay aria-hidden />,
    keys: 'alt+1',
    to: (id) => paths.project(id, 'preview'),
  },
  {
    label: 'Code',
    words: 'files editor suggestions',
    icon: <Code aria-hidden />,
    keys: 'alt+2',
    to: (id) => paths.project(id, 'code'),
  },
  {
    label: 'Versions',
    words: 'history compare restore diff',
    icon: <History aria-hidden />,
    keys: 'alt+3',
    to: (id) => paths.project(id, 'versions'),
  },
  {
    label: 'Checks and tests',
    words: 'smoke run vitest playwright',
    icon: <ListChecks aria-hidden />,
    keys: 'alt+4',
    to: (id) => paths.panel(id, 'checks'),
  },
  {
    label: 'Findings',
    words: 'secrets packages security accessibility lint publish',
    icon: <ShieldCheck aria-hidden />,
    keys: 'alt+5',
    to: (id) => paths.panel(id, 'findings'),
  },
  {
    label: 'Console',
    words: 'output errors log',
    icon: <TextSearch aria-hidden />,
    keys: 'mod+j',
    to: (id) => paths.panel(id, 'console'),
  },
]

const THEMES: { choice: ThemeChoice; label: string; icon: ReactNode }[] = [
  { choice: 'system', label: "Theme: the system's", icon: <Monitor aria-hidden /> },
  { choice: 'light', label: 'Theme: light', icon: <Sun aria-hidden /> },
  { choice: 'dark', label: 'Theme: dark', icon: <Moon aria-hidden /> },
]

/** Everything that can be gone to or done, by typing. */
export function CommandPalette({ onClose, onShortcuts }: CommandPaletteProps) {
  const [query, setQuery] = useState('')
  const wanted = useDeferredValue(query.trim())
  const projects = useInfiniteQuery({ ...projectsQuery(wanted), placeholderData: (before) => before })
  const navigate = useNavigate()
  const projectId = useMatch('/projects/:projectId')?.params.projectId ?? null
  const focus = useReturnFocus()
  const logout = useLogout()
  const choose = useTheme((theme) => theme.choose)
  const found = projects.data?.pages[0]?.items.slice(0, 8) ?? []

  const act = (run: () => void) => () => {
    onClose()
    run()
  }
  const go = (to: string) => act(() => void navigate(to))

  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focus.remember}
          onCloseAutoFocus={focus.giveBack}
          className="fixed inset-x-3 top-[12dvh] z-50 mx-auto max-w-xl animate-rise overflow-hidden rounded-card bg-surface shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <Command label="Search and commands" loop>
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder="Find a project, a page or a command"
                className="h-12 min-w-0 flex-1 bg-transparent text-md outline-none"
              />
              <span className="max-sm:hidden">
                <Kbd keys="escape" />
              </span>
            </div>
            <Command.List className="max-h-[min(25rem,60dvh)] scroll-py-2 overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-ink-muted">
                {projects.isFetching ? 'Searching' : `Nothing is called “${query.trim()}”.`}
              </Command.Empty>
              {found.length > 0 && (
                <Group heading="Projects">
                  {found.map((project) => {
                    const { icon: Icon } = PROJECT_TYPES[project.project_type]
                    return (
                      <Item
                        key={project.id}
                        value={`${project.name} ${project.id}`}
                        icon={<Icon aria-hidden />}
                        onSelect={go(paths.project(project.id))}
                        note={<RelativeTime at={project.updated_at} />}
                      >
                        {project.name}
                      </Item>
                    )
                  })}
                </Group>
              )}
              {projectId !== null && (
                <Group heading="In this project">
                  {PLACES.map(({ label, words, icon, keys, to }) => (
                    <Item
                      key={label}
                      value={`${label} ${words}`}
                      icon={icon}
                      onSelect={act(() => void navigate(to(projectId), { replace: true }))}
                      note={<Kbd keys={keys} />}
                    >
                      {label}
                    </Item>
                  ))}
                </Group>
              )}
              <Group heading="Go to">
                <Item value="New project build" icon={<Plus aria-hidden />} onSelect={go(paths.home())}>
                  New project
                </Item>
                <Item value="Home" icon={<House aria-hidden />} onSelect={go(paths.home())}>
                  Home
                </Item>
                <Item value="All projects" icon={<FolderOpen aria-hidden />} onSelect={go(paths.projects())}>
                  All projects
                </Item>
                {SETTINGS.map(({ section, label, icon: Icon, words }) => (
                  <Item
                    key={section}
                    value={`Settings ${label} ${words}`}
                    icon={<Icon aria-hidden />}
                    onSelect={go(paths.settings(section))}
                    note="Settings"
                  >
                    {label}
                  </Item>
                ))}
              </Group>
              <Group heading="Do">
                {THEMES.map(({ choice, label, icon }) => (
                  <Item key={choice} value={label} icon={icon} onSelect={act(() => choose(choice))}>
                    {label}
                  </Item>
                ))}
                <Item
                  value="Keyboard shortcuts help"
                  icon={<Keyboard aria-hidden />}
                  onSelect={onShortcuts}
                  note={<Kbd keys="?" />}
                >
                  Keyboard shortcuts
                </Item>
                <Item
                  value="Sign out log out"
                  icon={<LogOut aria-hidden />}
                  onSelect={act(() =>
                    logout.mutate(undefined, {
                      onError: (error) => notifyError('You are still signed in', error),
                    }),
                  )}
                >
                  Sign out
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-faint"
  >
    {children}
  </Command.Group>
)

interface ItemProps {
  value: string
  icon: ReactNode
  onSelect: () => void
  note?: ReactNode
  children: ReactNode
}

const Item = ({ value, icon, onSelect, note, children }: ItemProps) => (
  <Command.Item
    value={value}
    onSelect={onSelect}
    className="flex h-9 cursor-default items-center gap-2.5 rounded-control px-2.5 select-none data-[selected=true]:bg-hover pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-muted"
  >
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {note !== undefined && <span className="shrink-0 text-xs text-ink-muted">{note}</span>}
  </Command.Item>
)
