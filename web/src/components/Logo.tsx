/** The mark: a spark in a rounded square. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M9 17.5 14 9l2.2 6.2h6.3L14.8 24l1.4-6.5z" fill="#fff" />
    </svg>
  )
}
