import { FolderOpen, Settings } from 'lucide-react'
import { Link, NavLink, Outlet } from 'react-router'

import { Logo } from '@/components/Logo'
import { cx } from '@/ui/cx'

import { paths } from '@/components/paths'

const LINKS = [
  { to: paths.projects(), label: 'Projects', icon: FolderOpen },
  { to: paths.settings(), label: 'Settings', icon: Settings },
]

/** The frame of every page but the workspace: a quiet header and the page. */
export function Shell() {
  return (
    <div className="flex min-h-full flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-surface px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-30 border-b bg-canvas">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-4 px-4 md:px-6">
          <Link to={paths.home()} className="flex items-center gap-2 rounded-control text-md font-semibold">
            <Logo />
            QuickVibe
          </Link>
          <nav aria-label="Main" className="ml-auto flex items-center gap-1">
            {LINKS.map(({ to, label, icon: Icon }) => (
              <NavLink
                key={to}
                to={to}
                className={({ isActive }) =>
                  cx(
                    'flex h-8 items-center gap-2 rounded-control px-2.5 text-sm font-medium transition-colors hover:bg-hover pointer-coarse:h-10',
                    isActive ? 'text-ink' : 'text-ink-muted',
                  )
                }
              >
                <Icon aria-hidden className="size-4" />
                {label}
              </NavLink>
            ))}
          </nav>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
    </div>
  )
}
