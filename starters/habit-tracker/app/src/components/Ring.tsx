import type { ReactNode } from "react";

const RADIUS = 42;
const ROUND = 2 * Math.PI * RADIUS;

/** A ring that is filled by `share`, 0 to 1, around its content. The colour is the text's. */
export function Ring({
  share,
  width = 9,
  className = "",
  children,
}: {
  share: number;
  width?: number;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <span className={`relative grid place-items-center ${className}`}>
      <svg viewBox="0 0 100 100" className="absolute inset-0 size-full -rotate-90" aria-hidden>
        <circle cx="50" cy="50" r={RADIUS} fill="none" stroke="currentColor" strokeOpacity="0.16" strokeWidth={width} />
        <circle
          cx="50"
          cy="50"
          r={RADIUS}
          fill="none"
          stroke="currentColor"
          strokeWidth={width}
          strokeLinecap="round"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - Math.min(1, share))}
          opacity={share > 0 ? 1 : 0}
          className="transition-[stroke-dashoffset] duration-500 ease-out"
        />
      </svg>
      {children}
    </span>
  );
}
