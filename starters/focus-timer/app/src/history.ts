import type { Sample } from "./config";

export type Value = string | number | boolean | string[];

/** A finished focus session. */
export interface Session {
  id: string;
  /** When it ended, in epoch milliseconds. */
  endedAt: number;
  minutes: number;
  task: string;
  values?: Record<string, Value>;
}

export interface Day {
  start: Date;
  minutes: number;
  count: number;
}

const startOfDay = (date: Date): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate());

const shift = (date: Date, days: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

/** The sessions that a new history begins with. Those of today that would lie ahead are left out. */
export function seed(samples: Sample[], now: Date): Session[] {
  return samples
    .map((sample, index) => {
      const day = shift(now, -sample.daysAgo);
      const [hours = 9, minutes = 0] = sample.at.split(":").map(Number);
      const endedAt = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime();
      return { id: `sample-${index}`, endedAt, minutes: sample.minutes, task: sample.task };
    })
    .filter((session) => session.endedAt <= now.getTime());
}

/** One entry for each of the last `count` days, the oldest first. */
export function days(sessions: Session[], count: number, now: Date): Day[] {
  return Array.from({ length: count }, (_, index) => {
    const start = shift(startOfDay(now), index - count + 1);
    const end = shift(start, 1).getTime();
    const own = sessions.filter((s) => s.endedAt >= start.getTime() && s.endedAt < end);
    return { start, minutes: own.reduce((sum, s) => sum + s.minutes, 0), count: own.length };
  });
}

/** Days in a row with a session, up to today; a day that has only begun does not break it. */
export function streak(sessions: Session[], now: Date): number {
  const active = new Set(sessions.map((s) => startOfDay(new Date(s.endedAt)).getTime()));
  let day = startOfDay(now);
  if (!active.has(day.getTime())) day = shift(day, -1);
  let length = 0;
  for (; active.has(day.getTime()); day = shift(day, -1)) length++;
  return length;
}

/** "45 min", "2 h", "2 h 05". */
export function duration(minutes: number): string {
  const rounded = Math.round(minutes);
  const hours = Math.floor(rounded / 60);
  if (hours === 0) return `${rounded} min`;
  return rounded % 60 === 0 ? `${hours} h` : `${hours} h ${String(rounded % 60).padStart(2, "0")}`;
}
