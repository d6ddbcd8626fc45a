import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { config } from "../config";

export function Header({ onNew, children }: { onNew: () => void; children?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 pt-5 pb-4 sm:px-6 lg:px-8">
      <Mark />
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-xl leading-tight font-semibold tracking-tight">{config.title}</h1>
        {config.tagline && <p className="truncate text-sm text-muted">{config.tagline}</p>}
      </div>
      <div className="order-last flex w-full min-w-0 md:order-none md:w-auto">{children}</div>
      <button
        type="button"
        onClick={onNew}
        className="inline-flex h-9 shrink-0 items-center gap-1.5 rounded-lg bg-accent px-3 text-sm font-medium text-on-accent transition-colors hover:bg-accent-strong"
      >
        <Plus size={16} aria-hidden />
        New {config.words.one}
      </button>
    </header>
  );
}

function Mark() {
  return (
    <svg width="36" height="36" viewBox="0 0 32 32" className="size-9 shrink-0" aria-hidden>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g className="fill-on-accent">
        <rect x="7" y="8" width="5" height="16" rx="1.5" />
        <rect x="13.5" y="8" width="5" height="11" rx="1.5" opacity=".85" />
        <rect x="20" y="8" width="5" height="7" rx="1.5" opacity=".7" />
      </g>
    </svg>
  );
}
