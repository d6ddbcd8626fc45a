import { config } from "../config";
import { clock, type Timer } from "../timer";

const RADIUS = 130;
const ROUND = 2 * Math.PI * RADIUS;

export function TimerRing({ timer, left, running }: { timer: Timer; left: number; running: boolean }) {
  const share = timer.length > 0 ? left / timer.length : 0;
  const colour = timer.mode === "focus" ? "text-accent" : "text-rest";
  const text = clock(left);
  return (
    <div className={`relative grid w-full max-w-76 place-items-center ${colour}`}>
      <svg viewBox="0 0 300 300" className="w-full -rotate-90" aria-hidden>
        <circle cx="150" cy="150" r={RADIUS} fill="none" strokeWidth="10" className="stroke-sunken" />
        {Array.from({ length: 60 }, (_, i) => (
          <line
            key={i}
            x1="262" y1="150" x2={i % 5 === 0 ? 254 : 258} y2="150"
            transform={`rotate(${i * 6} 150 150)`}
            className="stroke-line" strokeWidth="1.5" strokeLinecap="round"
          />
        ))}
        <circle
          cx="150" cy="150" r={RADIUS} fill="none" stroke="currentColor" strokeWidth="10" strokeLinecap="round"
          strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - share)}
          className="transition-[stroke-dashoffset] duration-200 ease-linear"
        />
        <circle
          cx={150 + RADIUS * Math.cos(2 * Math.PI * share)} cy={150 + RADIUS * Math.sin(2 * Math.PI * share)} r="9"
          fill="var(--surface)" stroke="currentColor" strokeWidth="5"
        />
      </svg>
      <div className="absolute text-center">
        <p role="timer" className={`font-semibold tracking-tight text-ink tabular-nums ${text.length > 5 ? "text-5xl" : "text-6xl sm:text-7xl"}`}>
          {text}
        </p>
        <p className="mt-2 text-sm font-medium" aria-live="polite">
          {running ? config.words[timer.mode] : left < timer.length ? "Paused" : `Ready for ${config.words[timer.mode].toLowerCase()}`}
        </p>
      </div>
    </div>
  );
}
