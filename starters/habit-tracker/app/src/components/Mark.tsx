/** The app's sign: a ring that is being closed. */
export function Mark({ className }: { className: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="10" className="fill-accent" />
      <g fill="none" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" className="stroke-on-accent">
        <circle cx="16" cy="16" r="8" opacity=".3" />
        <path d="M16 8a8 8 0 1 1-7.6 5.5M12.8 16.2l2.4 2.4 4.5-5" />
      </g>
    </svg>
  );
}
