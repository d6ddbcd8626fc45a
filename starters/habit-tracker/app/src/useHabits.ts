import { useEffect, useState } from "react";
import { config } from "./config";
import { isoDay } from "./dates";
import { type Habit, type Log, record, seed, tapped } from "./habits";
import { load, save } from "./storage";

const KEY = "habits.data";

interface Data {
  habits: Habit[];
  log: Log;
}

export interface Notice {
  text: string;
  before: Data;
}

const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && Array.isArray((value as Data).habits) && typeof (value as Data).log === "object";

/** The habits and what was done, kept in the browser, and everything that can be done with them. */
export function useHabits() {
  const today = useToday();
  const [data, setData] = useState<Data>(() => {
    const saved = load<unknown>(KEY, null);
    return isData(saved) ? saved : seed(config.samples, config.fields, today);
  });
  const [notice, setNotice] = useState<Notice | null>(null);

  useEffect(() => save(KEY, data), [data]);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), 6000);
    return () => clearTimeout(timer);
  }, [notice]);

  const change = (next: Data, text: string) => {
    setNotice({ text, before: data });
    setData(next);
  };
  const each = (map: (habit: Habit) => Habit) => ({ ...data, habits: data.habits.map(map) });

  return {
    ...data,
    today,
    notice,
    tap: (habit: Habit, day: string) => setData((now) => ({ ...now, log: tapped(now.log, habit, day) })),
    set: (habit: Habit, day: string, amount: number) => setData((now) => ({ ...now, log: record(now.log, habit, day, amount) })),
    put: (habit: Habit) => setData((now) => ({ ...now, habits: placed(now.habits, habit) })),
    archive: (habit: Habit, archived: boolean) =>
      change(
        each((h) => (h.id === habit.id ? { ...h, archived } : h)),
        `${habit.name} ${archived ? "archived" : "is back"}`,
      ),
    remove: (habit: Habit) => change({ ...data, habits: data.habits.filter((h) => h.id !== habit.id) }, `${habit.name} deleted`),
    move: (habit: Habit, by: number) => setData((now) => ({ ...now, habits: moved(now.habits, habit, by) })),
    clear: () => change({ habits: [], log: {} }, `All ${config.words.many} removed`),
    forget: () => change({ habits: data.habits.map((h) => ({ ...h, since: today })), log: {} }, "History cleared"),
    undo: () => {
      if (notice) setData(notice.before);
      setNotice(null);
    },
  };
}

export type HabitStore = ReturnType<typeof useHabits>;

const placed = (habits: Habit[], habit: Habit): Habit[] =>
  habits.some((h) => h.id === habit.id) ? habits.map((h) => (h.id === habit.id ? habit : h)) : [...habits, habit];

function moved(habits: Habit[], habit: Habit, by: number): Habit[] {
  const active = habits.filter((h) => !h.archived);
  const from = active.findIndex((h) => h.id === habit.id);
  const other = active[from + by];
  if (from < 0 || !other) return habits;
  return habits.map((h) => (h.id === habit.id ? other : h.id === other.id ? habit : h));
}

/** Today's date; it changes at midnight while the app is open. */
function useToday(): string {
  const [today, setToday] = useState(() => isoDay(new Date()));
  useEffect(() => {
    const check = () => setToday(isoDay(new Date()));
    const timer = setInterval(check, 30_000);
    document.addEventListener("visibilitychange", check);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", check);
    };
  }, []);
  return today;
}
