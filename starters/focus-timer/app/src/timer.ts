export type Mode = "focus" | "short" | "long";

export interface Settings {
  minutes: Record<Mode, number>;
  /** Focus sessions before a long break. */
  rounds: number;
  autoStart: boolean;
  sound: boolean;
}

export interface Timer {
  mode: Mode;
  /** How long the whole interval is, in milliseconds. */
  length: number;
  /** What is left while it stands still, in milliseconds. */
  left: number;
  /** When it ends, in epoch milliseconds; null while it stands still. Kept so that a sleeping tab loses no time. */
  endsAt: number | null;
  /** Focus sessions finished since the last long break. */
  round: number;
}

const MINUTE = 60_000;

export function fresh(mode: Mode, settings: Settings, round = 0): Timer {
  const length = settings.minutes[mode] * MINUTE;
  return { mode, length, left: length, endsAt: null, round };
}

export const left = (timer: Timer, now: number): number =>
  timer.endsAt === null ? timer.left : Math.max(0, timer.endsAt - now);

export const start = (timer: Timer, now: number): Timer => ({ ...timer, endsAt: now + timer.left });

export const pause = (timer: Timer, now: number): Timer => ({ ...timer, left: left(timer, now), endsAt: null });

/** The interval after this one: a break after focus, a long one after the last round, focus after a break. */
export function next(timer: Timer, settings: Settings): Timer {
  if (timer.mode !== "focus") return fresh("focus", settings, timer.mode === "long" ? 0 : timer.round);
  const round = timer.round + 1;
  return fresh(round >= settings.rounds ? "long" : "short", settings, round);
}

/** "24:59", or "1:04:59" from an hour on. Seconds are rounded up: the clock shows 0:00 only at the end. */
export function clock(ms: number): string {
  const total = Math.ceil(ms / 1000);
  const hours = Math.floor(total / 3600);
  const minutes = String(Math.floor((total % 3600) / 60)).padStart(2, "0");
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${minutes}:${seconds}` : `${minutes}:${seconds}`;
}
