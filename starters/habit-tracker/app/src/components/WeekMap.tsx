import { Check } from "lucide-react";
import { config } from "../config";
import { dateOf, weekdayName, weekdayOf, weekOf } from "../dates";
import { doneOn, type Habit, isDone, isDue, type Log } from "../habits";
import { HabitIcon, hueOf } from "../icons";

/** This week: habits down, days across. */
export function WeekMap({ habits, log, today }: { habits: Habit[]; log: Log; today: string }) {
  const days = weekOf(today, config.weekStartsOn);
  return (
    <table className="w-full border-separate border-spacing-x-0.5 border-spacing-y-1.5 text-sm">
      <caption className="sr-only">What was done this week</caption>
      <thead>
        <tr>
          <td />
          {days.map((day) => (
            <th
              key={day}
              scope="col"
              className={`w-8 text-xs font-medium lg:w-12 ${day === today ? "text-accent" : "text-muted"}`}
            >
              {weekdayName(weekdayOf(day)).slice(0, 2)}
              <span className="block tabular-nums">{dateOf(day).getDate()}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {habits
          .filter((habit) => !habit.archived)
          .map((habit) => {
            return (
              <tr key={habit.id} className="tint" style={{ "--h": hueOf(habit.color) } as React.CSSProperties}>
                <th scope="row" className="max-w-0 pr-2 text-left font-medium">
                  <span className="flex items-center gap-2">
                    <span className="shrink-0 text-(--tint-ink)">
                      <HabitIcon name={habit.icon} size={16} />
                    </span>
                    <span className="truncate">{habit.name}</span>
                  </span>
                </th>
                {days.map((day) => (
                  <td key={day} className="h-8 lg:h-9">
                    <Cell habit={habit} log={log} day={day} today={today} />
                  </td>
                ))}
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}

function Cell({ habit, log, day, today }: { habit: Habit; log: Log; day: string; today: string }) {
  const base = "mx-auto grid size-7 place-items-center rounded-lg lg:size-9";
  if (isDone(log, habit, day))
    return (
      <span className={`${base} bg-(--tint) text-(--on-tint)`}>
        <Check size={16} strokeWidth={3} aria-hidden />
        <span className="sr-only">done</span>
      </span>
    );
  if (!isDue(habit, day))
    return (
      <span className={`${base} text-muted`}>
        <span aria-hidden>·</span>
        <span className="sr-only">not due</span>
      </span>
    );
  if (day > today)
    return (
      <span className={`${base} border border-dashed border-line`}>
        <span className="sr-only">to come</span>
      </span>
    );
  const part = doneOn(log, habit, day) / habit.goal;
  return (
    <span className={`${base} overflow-hidden bg-(--tint-soft)`} title={`${Math.round(part * 100)} %`}>
      <span className="size-full origin-bottom self-end bg-(--tint) opacity-45" style={{ height: `${part * 100}%` }} />
      <span className="sr-only">{part > 0 ? `${Math.round(part * 100)} %` : "missed"}</span>
    </span>
  );
}
