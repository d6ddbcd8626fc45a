import { BookOpen, Heart, type LucideIcon, ShoppingBasket } from "lucide-react";
import { capitalise, config, isOn } from "../config";
import { linkTo, type Route } from "../useRoute";
import { Mark } from "./Mark";

interface Place {
  page: "recipes" | "favourites" | "shopping";
  label: string;
  icon: LucideIcon;
}

const PLACES: Place[] = [
  { page: "recipes", label: capitalise(config.words.many), icon: BookOpen },
  ...(isOn("favourites") ? [{ page: "favourites" as const, label: config.words.favourites, icon: Heart }] : []),
  ...(isOn("shopping") ? [{ page: "shopping" as const, label: config.words.shopping, icon: ShoppingBasket }] : []),
];

/** A bar at the foot of a phone, at the head of a wide screen. */
export function Navigation({ route, toBuy }: { route: Route; toBuy: number }) {
  const here = route.page === "recipe" ? "recipes" : route.page;
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:sticky lg:top-0 lg:bottom-auto lg:border-t-0 lg:border-b"
    >
      <div className="mx-auto flex max-w-6xl items-center lg:px-8">
        <a href={linkTo("recipes")} className="mr-auto hidden items-center gap-3 rounded-lg py-3 lg:flex">
          <Mark className="size-9" />
          <span className="text-lg font-bold tracking-tight">{config.title}</span>
        </a>
        <ul className="mx-auto flex w-full max-w-md lg:mx-0 lg:w-auto lg:max-w-none lg:gap-1">
          {PLACES.map(({ page, label, icon: Icon }) => (
            <li key={page} className="flex-1">
              <a
                href={linkTo(page)}
                aria-current={page === here ? "page" : undefined}
                className={`flex min-h-16 flex-col items-center justify-center gap-1 text-xs font-medium lg:min-h-11 lg:flex-row lg:gap-2 lg:rounded-xl lg:px-4 lg:text-sm ${page === here ? "text-accent lg:bg-accent-soft" : "text-muted hover:text-ink"}`}
              >
                <span
                  className={`relative grid h-8 w-14 place-items-center rounded-full lg:h-auto lg:w-auto ${page === here ? "bg-accent-soft lg:bg-transparent" : ""}`}
                >
                  <Icon size={20} aria-hidden />
                  {page === "shopping" && toBuy > 0 && (
                    <span
                      aria-hidden
                      className="absolute -top-1 right-1 grid min-w-5 place-items-center rounded-full bg-accent px-1 text-[0.6875rem] leading-5 font-bold text-on-accent tabular-nums lg:-top-2.5 lg:-right-2.5"
                    >
                      {toBuy}
                    </span>
                  )}
                </span>
                {label}
                {page === "shopping" && toBuy > 0 && <span className="sr-only">, {toBuy} to buy</span>}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
