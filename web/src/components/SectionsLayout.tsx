import { type LucideIcon } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { NavLink, Outlet, useLocation } from 'react-router'

import { cx } from '@/ui/cx'

export interface Section {
  to: string
  label: string
  icon: LucideIcon
}

/** Pages that belong together: their names at the left, on a narrow screen in a row above. */
export function SectionsLayout({ title, sections }: { title: string; sections: readonly Section[] }) {
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  // On a narrow screen the row scrolls: the chosen page's name is always in it.
  useEffect(() => {
    nav.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <div className="mx-auto grid w-full max-w-6xl flex-1 grid-cols-1 content-start gap-x-12 px-4 py-6 md:grid-cols-[11rem_minmax(0,1fr)] md:px-6 md:py-8">
      <nav
        ref={nav}
        aria-label={title}
        className="-mx-4 mb-6 overflow-x-auto border-b px-4 pb-2 md:sticky md:top-22 md:m-0 md:self-start md:border-0 md:p-0"
      >
        <p aria-hidden className="mb-2 px-2.5 text-sm font-medium text-ink-muted max-md:hidden">
          {title}
        </p>
        <ul className="flex gap-0.5 md:flex-col">
          {sections.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <NavLink
                to={to}
                className={({ isActive }) =>
                  cx(
                    'flex h-8 scroll-mx-4 items-center gap-2.5 rounded-control px-2.5 font-medium whitespace-nowrap transition-colors pointer-coarse:h-10',
                    isActive ? 'bg-pressed text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
                  )
                }
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {label}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="max-w-3xl min-w-0 pb-12">
        <Outlet />
      </div>
    </div>
  )
}
