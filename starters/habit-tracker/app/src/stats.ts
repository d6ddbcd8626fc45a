import { addDays, daysBetween, weekdayOf } from "./dates";
import { completion, dueOn, type Habit, isDone, isDue, type Log } from "./habits";

export interface Streak {
  /** Due days in a row up to today; today counts when it is done and is no break while it is not. */
  current: number;
  best: number;
}

export function streakOf(habit: Habit, log: Log, today: string): Streak {
  let run = 0;
  let best = 0;
  for (const day of daysBetween(habit.since, today)) {
    if (!habit.days.includes(weekdayOf(day))) continue;
    if (isDone(log, habit, day)) run += 1;
    else if (day !== today) run = 0;
    best = Math.max(best, run);
  }
  return { current: run, best };
}

/** Share of the due days among the last `count` that were done, 0 to 1, or null when none was due. */
export function rateOf(habit: Habit, log: Log, today: string, count: number): number | null {
  const due = daysBetween(addDays(today, 1 - count), today).filter((day) => isDue(habit, day));
  // A day that is not over is no failure.
  const judged = due.filter((day) => day !== today || isDone(log, habit, day));
  return judged.length === 0 ? null : judged.filter((day) => isDone(log, habit, day)).length / judged.length;
}

export interface Summary {
  /** Share of everything due in the last 30 days that was done. */
  rate: number | null;
  /** The same for the 30 days before, to compare with. */
  before: number | null;
  perfectDays: number;
  checkOffs: number;
  longest: number;
}

export function summarise(habits: Habit[], log: Log, today: string): Summary {
  const recent = daysBetween(addDays(today, -29), today);
  const earlier = daysBetween(addDays(today, -59), addDays(today, -30));
  return {
    rate: mean(recent.map((day) => (day === today ? null : completion(habits, log, day)))),
    before: mean(earlier.map((day) => completion(habits, log, day))),
    perfectDays: recent.filter((day) => completion(habits, log, day) === 1).length,
    checkOffs: recent.reduce((sum, day) => sum + dueOn(habits, day).filter((habit) => isDone(log, habit, day)).length, 0),
    longest: Math.max(0, ...habits.filter((habit) => !habit.archived).map((habit) => streakOf(habit, log, today).best)),
  };
}

/** Mean completion by weekday over the last eight weeks, index 0 is Sunday. */
export function byWeekday(habits: Habit[], log: Log, today: string): (number | null)[] {
  const days = daysBetween(addDays(today, -56), addDays(today, -1));
  return [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
    mean(days.filter((day) => weekdayOf(day) === weekday).map((day) => completion(habits, log, day))),
  );
}

function mean(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

export const percent = (share: number | null): string => (share === null ? "–" : `${Math.round(share * 100)} %`);
