import { FolderOpen, Search, Settings } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router'

import { Logo } from '@/components/Logo'
import { usePalette } from '@/features/palette/store'
import { cx } from '@/ui/cx'
import { Kbd } from '@/ui/Kbd'

import { paths } from '@/components/paths'

import { AccountMenu } from './AccountMenu'

const LINKS = [
  { to: paths.projects(), label: 'Projects', icon: FolderOpen },
  { to: paths.settings(), label: 'Settings', icon: Settings },
]

/** The frame of every page but the workspace: a quiet header and the page. */
export function Shell() {
  const main = useRef<HTMLElement>(null)
  useFocusOnNewPage(main)
  return (
    <div className="flex min-h-full flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-surface px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-30 border-b bg-canvas">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-4 md:px-6">
          <Link
            to={paths.home()}
            className="mr-2 flex items-center gap-2 rounded-control text-md font-semibold sm:mr-5"
          >
            <Logo />
            <span className="max-sm:sr-only">QuickVibe</span>
          </Link>
          <nav aria-label="Main" className="flex min-w-0 items-center gap-0.5">
            {LINKS.map(({ to, label, icon: Icon }) => (
              <NavLink
                key={to}
                to={to}
                className={({ isActive }) =>
                  cx(
                    'flex h-8 items-center gap-2 rounded-control px-2.5 text-base font-medium transition-colors hover:bg-hover hover:text-ink pointer-coarse:h-10',
                    isActive ? 'text-ink' : 'text-ink-muted',
                  )
                }
              >
                <Icon aria-hidden className="size-4" />
                {label}
              </NavLink>
            ))}
          </nav>
          <SearchButton />
          <AccountMenu />
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  )
}

/** Opens the command palette: a field's looks where there is room, an icon where there is not. */
function SearchButton() {
  const show = usePalette((palette) => palette.show)
  return (
    <button
      type="button"
      onClick={() => show('palette')}
      className="ml-auto flex h-8 min-w-8 shrink-0 items-center justify-center gap-2 rounded-control text-base whitespace-nowrap text-ink-muted transition-colors hover:bg-hover hover:text-ink md:w-64 md:justify-start md:border md:bg-surface md:px-2.5 md:hover:border-line-strong md:hover:bg-surface pointer-coarse:h-10 pointer-coarse:min-w-10"
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="max-md:sr-only">Search and commands</span>
      <span aria-hidden className="ml-auto flex max-md:hidden">
        <Kbd keys="mod+k" />
      </span>
    </button>
  )
}

/** A new page takes the focus, so that a keyboard or a screen reader begins at its top. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>) {
  const { pathname } = useLocation()
  // The parts of one page, such as the settings, keep the focus where it is.
  const page = pathname.split('/')[1] ?? ''
  const before = useRef(page)
  useEffect(() => {
    if (before.current === page) return
    before.current = page
    if (main.current?.contains(document.activeElement) === true) return
    main.current?.focus({ preventScroll: true })
  }, [main, page])
}
