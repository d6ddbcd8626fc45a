import { config } from "../config";

export function Brand() {
  return (
    <a href="#top" className="flex min-w-0 items-center gap-3 font-display text-xl font-semibold">
      <svg width="32" height="32" viewBox="0 0 32 32" className="size-8 shrink-0" aria-hidden>
        <path d="M4 32V16a12 12 0 0 1 24 0v16z" className="fill-accent" />
        <circle cx="16" cy="15" r="5" className="fill-on-accent" />
      </svg>
      <span className="truncate">{config.title}</span>
    </a>
  );
}
