import { ChevronLeft, ChevronRight } from "lucide-react";
import { config } from "../config";
import { addDays, dateOf, longDay, weekdayName, weekdayOf, weekOf } from "../dates";
import { completion, type Habit, type Log } from "../habits";
import { percent } from "../stats";
import { Ring } from "./Ring";

interface Props {
  habits: Habit[];
  log: Log;
  today: string;
  day: string;
  onDay: (day: string) => void;
}

/** The week of the chosen day: each day is a button with a ring of what was done. */
export function WeekStrip({ habits, log, today, day, onDay }: Props) {
  const next = addDays(day, 7);
  return (
    <section aria-label="Week" className="card flex items-center gap-0.5 p-1.5 sm:p-2">
      <Step label="Week before" onClick={() => onDay(addDays(day, -7))} icon={<ChevronLeft size={18} aria-hidden />} />
      <ol className="grid flex-1 grid-cols-7">
        {weekOf(day, config.weekStartsOn).map((date) => {
          const share = completion(habits, log, date);
          const chosen = date === day;
          return (
            <li key={date}>
              <button
                type="button"
                disabled={date > today}
                aria-pressed={chosen}
                onClick={() => onDay(date)}
                className={`flex w-full flex-col items-center gap-1 rounded-2xl py-2 transition-colors disabled:cursor-default ${chosen ? "bg-accent-soft" : "enabled:hover:bg-sunken"}`}
              >
                <span className="sr-only">
                  {longDay(date)}, {date > today ? "not yet" : percent(share)}
                </span>
                <span aria-hidden className="text-xs font-medium text-muted">
                  {weekdayName(weekdayOf(date), "short").slice(0, 2)}
                </span>
                <Ring
                  share={date > today ? 0 : (share ?? 0)}
                  width={8}
                  className={`size-8.5 text-accent ${date > today ? "opacity-60" : ""}`}
                >
                  <span
                    aria-hidden
                    className={`text-xs tabular-nums ${date === today ? "font-bold text-accent" : date > today ? "text-muted" : "font-medium text-ink"}`}
                  >
                    {dateOf(date).getDate()}
                  </span>
                </Ring>
              </button>
            </li>
          );
        })}
      </ol>
      <Step
        label="Week after"
        disabled={next > today && weekOf(day, config.weekStartsOn).includes(today)}
        onClick={() => onDay(next > today ? today : next)}
        icon={<ChevronRight size={18} aria-hidden />}
      />
    </section>
  );
}

function Step({
  label,
  icon,
  disabled,
  onClick,
}: {
  label: string;
  icon: React.ReactNode;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
      className="grid min-h-11 w-7 shrink-0 place-items-center rounded-lg text-muted hover:bg-sunken disabled:cursor-default disabled:opacity-30"
    >
      {icon}
    </button>
  );
}
