import { useQuery } from '@tanstack/react-query'
import { Keyboard, LogOut, Monitor, Moon, ShieldCheck, Sun, UserRound } from 'lucide-react'
import { Link } from 'react-router'

import { sessionQuery, useLogout } from '@/api/auth'
import { paths } from '@/components/paths'
import { usePalette } from '@/features/palette/store'
import { DropdownMenu, MenuCheckItem, MenuItem, MenuLabel, MenuSeparator } from '@/ui/DropdownMenu'
import { useTheme, type ThemeChoice } from '@/ui/theme'
import { notifyError } from '@/ui/toast'

const THEMES: { choice: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { choice: 'system', label: 'As the system', icon: Monitor },
  { choice: 'light', label: 'Light', icon: Sun },
  { choice: 'dark', label: 'Dark', icon: Moon },
]

/** Who is signed in, how the app looks, and the way out. */
export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery())
  const logout = useLogout()
  const show = usePalette((palette) => palette.show)
  const { choice, choose } = useTheme()
  const name = session?.account.name ?? ''
  return (
    <DropdownMenu
      trigger={
        <button
          type="button"
          aria-label={`Account of ${name}`}
          className="ml-1.5 grid size-8 shrink-0 place-items-center rounded-full border bg-sunken text-sm font-semibold text-ink-muted transition-colors hover:border-line-strong hover:text-ink pointer-coarse:size-10"
        >
          {name.trim().charAt(0).toUpperCase() || <UserRound aria-hidden className="size-4" />}
        </button>
      }
    >
      <div className="max-w-64 px-2 pt-1.5 pb-2">
        <p className="truncate font-medium">{name}</p>
        <p className="truncate text-sm text-ink-muted">{session?.account.email ?? 'No e-mail address yet'}</p>
      </div>
      <MenuSeparator />
      <MenuItem asChild>
        <Link to={paths.settings('account')}>
          <UserRound aria-hidden />
          Account
        </Link>
      </MenuItem>
      {session?.permissions.includes('administer') === true && (
        <MenuItem asChild>
          <Link to={paths.admin()}>
            <ShieldCheck aria-hidden />
            Administration
          </Link>
        </MenuItem>
      )}
      <MenuItem icon={<Keyboard />} shortcut="?" onSelect={() => show('shortcuts')}>
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      {THEMES.map(({ choice: value, label, icon: Icon }) => (
        <MenuCheckItem key={value} checked={choice === value} onSelect={() => choose(value)}>
          <span className="flex items-center gap-2">
            <Icon aria-hidden />
            {label}
          </span>
        </MenuCheckItem>
      ))}
      <MenuSeparator />
      <MenuItem
        icon={<LogOut />}
        onSelect={() =>
          logout.mutate(undefined, { onError: (error) => notifyError('You are still signed in', error) })
        }
      >
        Sign out
      </MenuItem>
    </DropdownMenu>
  )
}
