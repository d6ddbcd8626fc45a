import type { Field, Sample } from "./config";
import { addDays, daysBetween, weekdayOf } from "./dates";

export type Value = string | number | boolean | string[];

export interface Habit {
  id: string;
  name: string;
  icon: string;
  color: string;
  /** How much makes a day complete; 1 is a plain tick. */
  goal: number;
  /** How much one tap adds. */
  step: number;
  unit: string;
  /** Weekdays it is due, 0 is Sunday. */
  days: number[];
  /** The first day that counts. */
  since: string;
  archived: boolean;
  /** What the configured fields hold, by their id. */
  values: Record<string, Value>;
}

/** What was done: by habit, then by day. */
export type Log = Record<string, Record<string, number>>;

export const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

export const newId = (): string => Math.random().toString(36).slice(2, 10);

export const blankHabit = (today: string): Habit => ({
  id: newId(),
  name: "",
  icon: "spark",
  color: "green",
  goal: 1,
  step: 1,
  unit: "",
  days: EVERY_DAY,
  since: today,
  archived: false,
  values: {},
});

export const doneOn = (log: Log, habit: Habit, day: string): number => log[habit.id]?.[day] ?? 0;

export const isDone = (log: Log, habit: Habit, day: string): boolean => doneOn(log, habit, day) >= habit.goal;

export const isDue = (habit: Habit, day: string): boolean =>
  !habit.archived && day >= habit.since && habit.days.includes(weekdayOf(day));

/** The habits of a day, in their order. */
export const dueOn = (habits: Habit[], day: string): Habit[] => habits.filter((habit) => isDue(habit, day));

/** Share of a day's habits that are complete, 0 to 1, or null when none is due. Part of a goal counts as that part. */
export function completion(habits: Habit[], log: Log, day: string): number | null {
  const due = dueOn(habits, day);
  if (due.length === 0) return null;
  return due.reduce((sum, habit) => sum + Math.min(1, doneOn(log, habit, day) / habit.goal), 0) / due.length;
}

/** The log with `amount` on a day, never below zero nor far above what is needed. */
export function record(log: Log, habit: Habit, day: string, amount: number): Log {
  const bounded = Math.max(0, Math.min(amount, habit.goal * 10));
  return { ...log, [habit.id]: { ...log[habit.id], [day]: bounded } };
}

/** What a tap does: one step on, and from a finished tick back to nothing. */
export function tapped(log: Log, habit: Habit, day: string): Log {
  const now = doneOn(log, habit, day);
  return record(log, habit, day, habit.goal === 1 && now >= 1 ? 0 : Math.min(now + habit.step, Math.max(habit.goal, now)));
}

const PAST_DAYS = 84;

/** The habits to begin with, and a past for them so that statistics have something to show. */
export function seed(samples: Sample[], fields: Field[], today: string): { habits: Habit[]; log: Log } {
  const log: Log = {};
  const since = addDays(today, -PAST_DAYS);
  const habits = samples.map((sample, index) => {
    const values = Object.fromEntries(fields.flatMap((f) => (sample[f.id] === undefined ? [] : [[f.id, sample[f.id] as Value]])));
    const habit: Habit = {
      ...blankHabit(sample.history ? since : today),
      id: `sample-${index}`,
      name: sample.name,
      icon: sample.icon ?? "spark",
      color: sample.color ?? "green",
      goal: sample.goal ?? 1,
      step: sample.step ?? 1,
      unit: sample.unit ?? "",
      days: sample.days ?? EVERY_DAY,
      values,
    };
    log[habit.id] = pastOf(habit, sample.history ?? 0, today);
    return habit;
  });
  return { habits, log };
}

function pastOf(habit: Habit, share: number, today: string): Record<string, number> {
  if (share <= 0) return {};
  const past = daysBetween(habit.since, addDays(today, -1)).filter((day) => habit.days.includes(weekdayOf(day)));
  return Object.fromEntries(
    past.map((day, index) => {
      const luck = chance(`${habit.id}${index}`);
      // Better towards today: a beginning is hard, and a running streak is a nice sight.
      const likely = Math.min(0.97, share - 0.12 + (index / past.length) * 0.2);
      return [day, luck < likely ? habit.goal : Math.floor(habit.goal * luck * 0.6)];
    }),
  );
}

/** A number in [0, 1) that is the same for the same text. */
function chance(text: string): number {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  // Without these rounds neighbouring texts would give neighbouring numbers.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
