/** The app's sign: a steaming pot. */
export function Mark({ className }: { className: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="10" className="fill-accent" />
      <g fill="none" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" className="stroke-on-accent">
        <path d="M8.5 15h15v3a5.5 5.5 0 0 1-5.5 5.5h-4a5.5 5.5 0 0 1-5.5-5.5zM6.5 15h19M12.5 11.5c-1.4-1.5 1.4-2.5 0-4M16 11.5c-1.4-1.5 1.4-2.5 0-4M19.5 11.5c-1.4-1.5 1.4-2.5 0-4" />
      </g>
    </svg>
  );
}
