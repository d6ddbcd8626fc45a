import { BellRing, Pause, Play, X } from "lucide-react";
import { addMinute, clock, isRinging, pause, resume, secondsLeft, type Timer } from "../timers";
import type { TimerStore } from "../useTimers";

/** The timers that run, wherever a person is in the app. */
export function TimerBar({ store, className = "" }: { store: TimerStore; className?: string }) {
  if (store.timers.length === 0) return null;
  return (
    <ul aria-label="Timers" className={`flex flex-wrap justify-center gap-2 ${className}`}>
      {store.timers.map((timer) => (
        <Chip key={timer.id} timer={timer} store={store} />
      ))}
    </ul>
  );
}

function Chip({ timer, store: { now, put, drop } }: { timer: Timer; store: TimerStore }) {
  const ringing = isRinging(timer, now);
  const paused = timer.endsAt === null;
  const button = "grid size-11 place-items-center rounded-xl hover:bg-black/10";
  return (
    <li
      className={`pointer-events-auto flex items-center rounded-2xl pr-1 pl-4 shadow-float ${ringing ? "bg-accent text-on-accent" : "bg-ink text-canvas"}`}
    >
      <span className="mr-1 min-w-0">
        <span className="block max-w-40 truncate text-xs opacity-80">{timer.label}</span>
        <span role={ringing ? "alert" : "timer"} className="flex items-center gap-1.5 leading-tight font-bold tabular-nums">
          {ringing ? (
            <>
              <BellRing size={15} aria-hidden />
              Time is up
            </>
          ) : (
            clock(secondsLeft(timer, now))
          )}
        </span>
      </span>
      {!ringing && (
        <button
          type="button"
          aria-label={paused ? "Go on" : "Pause timer"}
          onClick={() => put(paused ? resume(timer, Date.now()) : pause(timer, Date.now()))}
          className={button}
        >
          {paused ? <Play size={17} aria-hidden /> : <Pause size={17} aria-hidden />}
        </button>
      )}
      <button
        type="button"
        aria-label="One minute more"
        onClick={() => put(addMinute(timer, Date.now()))}
        className={`${button} text-sm font-semibold`}
      >
        +1
      </button>
      <button
        type="button"
        aria-label={ringing ? "Stop ringing" : "Remove timer"}
        onClick={() => drop(timer.id)}
        className={button}
      >
        <X size={17} aria-hidden />
      </button>
    </li>
  );
}
