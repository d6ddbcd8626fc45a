import { config } from "../config";

export function Brand() {
  return (
    <a href="#top" className="flex min-w-0 items-center gap-2.5 text-lg font-semibold tracking-tight">
      <svg width="32" height="32" viewBox="0 0 32 32" className="size-8 shrink-0" aria-hidden>
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path d="M16 6l2.6 7.4L26 16l-7.4 2.6L16 26l-2.6-7.4L6 16l7.4-2.6z" className="fill-on-accent" />
      </svg>
      <span className="truncate">{config.title}</span>
    </a>
  );
}
