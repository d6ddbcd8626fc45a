import { ChevronLeft, ChevronRight } from "lucide-react";
import { config } from "../config";
import { addDays, dateOf, longDay, shortDay, weekdayName, weekdayOf, weekOf } from "../dates";
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
  const days = weekOf(day, config.weekStartsOn);
  const [first = day, last = day] = [days[0], days[6]];
  const thisWeek = days.includes(today);
  const next = addDays(day, 7);
  return (
    <section aria-label="Week" className="card p-2 pt-1">
      <div className="flex items-center">
        <Step label="Week before" onClick={() => onDay(addDays(day, -7))} icon={<ChevronLeft size={18} aria-hidden />} />
        <p className="flex-1 text-center text-sm font-medium text-muted">
          {thisWeek ? "This week" : `${shortDay(first)} – ${shortDay(last)}`}
        </p>
        <Step
          label="Week after"
          disabled={thisWeek}
          onClick={() => onDay(next > today ? today : next)}
          icon={<ChevronRight size={18} aria-hidden />}
        />
      </div>
      <ol className="grid grid-cols-7">
        {days.map((date) => (
          <li key={date}>
            <Day
              date={date}
              today={today}
              chosen={date === day}
              share={completion(habits, log, date)}
              onChoose={() => onDay(date)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Day({
  date,
  today,
  chosen,
  share,
  onChoose,
}: {
  date: string;
  today: string;
  chosen: boolean;
  share: number | null;
  onChoose: () => void;
}) {
  const future = date > today;
  const look = date === today ? "font-bold text-accent" : future ? "text-muted" : "font-medium text-ink";
  return (
    <button
      type="button"
      disabled={future}
      aria-pressed={chosen}
      onClick={onChoose}
      className={`flex w-full flex-col items-center gap-1 rounded-2xl py-2 transition-colors disabled:cursor-default ${chosen ? "bg-accent-soft" : "enabled:hover:bg-sunken"}`}
    >
      <span className="sr-only">
        {longDay(date)}, {future ? "not yet" : percent(share)}
      </span>
      <span aria-hidden className="text-xs font-medium text-muted">
        {weekdayName(weekdayOf(date), "short").slice(0, 2)}
      </span>
      <Ring share={future ? 0 : (share ?? 0)} width={8} className={`size-9 text-accent ${future ? "opacity-60" : ""}`}>
        <span aria-hidden className={`text-xs tabular-nums ${look}`}>
          {dateOf(date).getDate()}
        </span>
      </Ring>
    </button>
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
      className="grid min-h-11 w-11 shrink-0 place-items-center rounded-lg text-muted hover:bg-sunken disabled:cursor-default disabled:opacity-30"
    >
      {icon}
    </button>
  );
}
