import { CalendarCheck, ChartColumn, ListChecks, type LucideIcon } from "lucide-react";
import { capitalise, config } from "../config";
import { Mark } from "./Mark";

export type Screen = "today" | "progress" | "manage";

const PLACES: { id: Screen; label: string; icon: LucideIcon }[] = [
  { id: "today", label: config.words.today, icon: CalendarCheck },
  { id: "progress", label: config.words.progress, icon: ChartColumn },
  { id: "manage", label: capitalise(config.words.many), icon: ListChecks },
];

/** A bar at the foot of a phone, a rail at the side of a wide screen. */
export function Navigation({ screen, onGo }: { screen: Screen; onGo: (screen: Screen) => void }) {
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-surface/95 px-2 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:sticky lg:top-0 lg:h-dvh lg:w-60 lg:shrink-0 lg:border-t-0 lg:border-r lg:px-4 lg:py-6"
    >
      <div className="mb-8 hidden items-center gap-3 px-2 lg:flex">
        <Mark className="size-9 shrink-0" />
        <span className="min-w-0">
          <span className="block truncate text-lg leading-tight font-bold tracking-tight">{config.title}</span>
          <span className="block truncate text-xs text-muted">{config.tagline}</span>
        </span>
      </div>
      <ul className="mx-auto flex max-w-md lg:max-w-none lg:flex-col lg:gap-1">
        {PLACES.map(({ id, label, icon: Icon }) => {
          const here = id === screen;
          return (
            <li key={id} className="flex-1 lg:flex-none">
              <button
                type="button"
                onClick={() => onGo(id)}
                aria-current={here ? "page" : undefined}
                className={`group flex min-h-16 w-full flex-col items-center justify-center gap-1 text-xs font-medium lg:min-h-11 lg:flex-row lg:justify-start lg:gap-3 lg:rounded-xl lg:px-3 lg:text-sm ${here ? "text-accent lg:bg-accent-soft lg:text-ink" : "text-muted hover:text-ink lg:hover:bg-sunken"}`}
              >
                <span
                  className={`grid h-8 w-14 place-items-center rounded-full transition-colors lg:h-auto lg:w-auto ${here ? "bg-accent-soft lg:bg-transparent" : ""}`}
                >
                  <Icon size={20} aria-hidden />
                </span>
                {label}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
