import { Flame } from "lucide-react";
import type { Habit, Log } from "../habits";
import { HabitIcon, hueOf } from "../icons";
import { percent, rateOf, streakOf } from "../stats";

/** Each habit's streak, its record, and how the last thirty days went. */
export function StreakList({ habits, log, today }: { habits: Habit[]; log: Log; today: string }) {
  const rows = habits
    .filter((habit) => !habit.archived)
    .map((habit) => ({ habit, streak: streakOf(habit, log, today), rate: rateOf(habit, log, today, 30) }));
  rows.sort((a, b) => b.streak.current - a.streak.current);
  return (
    <ul className="space-y-4">
      {rows.map(({ habit, streak, rate }) => {
        return (
          <li
            key={habit.id}
            className="tint flex items-center gap-3"
            style={{ "--h": hueOf(habit.color) } as React.CSSProperties}
          >
            <span className="grid size-10 shrink-0 place-items-center rounded-xl bg-(--tint-soft) text-(--tint-ink)">
              <HabitIcon name={habit.icon} size={18} />
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex justify-between gap-2 text-sm">
                <span className="truncate font-medium">{habit.name}</span>
                <span className="text-muted tabular-nums">{percent(rate)}</span>
              </p>
              <div aria-hidden className="mt-1.5 h-2 overflow-hidden rounded-full bg-(--tint-soft)">
                <div className="h-full rounded-full bg-(--tint)" style={{ width: `${(rate ?? 0) * 100}%` }} />
              </div>
            </div>
            <p
              className="w-14 shrink-0 text-right leading-tight"
              title={`${streak.current} days in a row, at best ${streak.best}`}
            >
              <span className="inline-flex items-center gap-1 font-bold text-(--tint-ink) tabular-nums">
                <Flame size={15} aria-hidden />
                {streak.current}
              </span>
              <span className="block text-xs text-muted">best {streak.best}</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
