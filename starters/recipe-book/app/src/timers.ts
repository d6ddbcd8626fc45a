export interface Timer {
  id: string;
  label: string;
  /** Seconds in all. */
  total: number;
  /** Milliseconds of the clock at which it rings, or null while it is paused. */
  endsAt: number | null;
  /** Seconds that are left while it is paused. */
  left: number;
  /** It has rung, and waits to be seen. */
  rung: boolean;
}

export const secondsLeft = (timer: Timer, now: number): number =>
  timer.endsAt === null ? timer.left : Math.max(0, Math.ceil((timer.endsAt - now) / 1000));

export const isRinging = (timer: Timer, now: number): boolean => timer.endsAt !== null && timer.endsAt <= now;

/** Those that have to ring now, for the first time. */
export const due = (timers: Timer[], now: number): Timer[] => timers.filter((timer) => isRinging(timer, now) && !timer.rung);

export const start = (id: string, label: string, minutes: number, now: number): Timer => ({
  id,
  label,
  total: minutes * 60,
  left: minutes * 60,
  endsAt: now + minutes * 60_000,
  rung: false,
});

export const pause = (timer: Timer, now: number): Timer => ({ ...timer, left: secondsLeft(timer, now), endsAt: null });

export const resume = (timer: Timer, now: number): Timer => ({ ...timer, endsAt: now + timer.left * 1000, rung: false });

/** One minute more; a timer that rings goes on. */
export function addMinute(timer: Timer, now: number): Timer {
  const longer = { ...timer, total: timer.total + 60, rung: false };
  return timer.endsAt === null
    ? { ...longer, left: timer.left + 60 }
    : { ...longer, endsAt: Math.max(timer.endsAt, now) + 60_000 };
}

/** "9:05", and "1:02:00" from an hour on. */
export function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}
