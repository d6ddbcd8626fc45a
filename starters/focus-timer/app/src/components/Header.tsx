import { Settings2 } from "lucide-react";
import { config } from "../config";

export function Header({ onSettings }: { onSettings: () => void }) {
  return (
    <header className="flex items-center gap-3 py-5 sm:py-7">
      <svg width="36" height="36" viewBox="0 0 32 32" className="size-9 shrink-0" aria-hidden>
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <circle cx="16" cy="16" r="8.5" fill="none" strokeWidth="3" strokeLinecap="round" strokeDasharray="40 60" transform="rotate(-90 16 16)" className="stroke-on-accent" />
      </svg>
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-xl leading-tight font-semibold tracking-tight">{config.title}</h1>
        {config.tagline && <p className="truncate text-sm text-muted">{config.tagline}</p>}
      </div>
      <button
        type="button"
        onClick={onSettings}
        className="inline-flex h-9 items-center gap-2 rounded-lg border border-line bg-surface px-3 text-sm font-medium hover:bg-sunken"
      >
        <Settings2 size={16} aria-hidden />
        Settings
      </button>
    </header>
  );
}
