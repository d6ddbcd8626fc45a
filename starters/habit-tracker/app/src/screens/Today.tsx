import { Plus } from "lucide-react";
import { useState } from "react";
import { DaySummary } from "../components/DaySummary";
import { HabitRow } from "../components/HabitRow";
import { WeekStrip } from "../components/WeekStrip";
import { config, sectionTitle } from "../config";
import { longDay } from "../dates";
import { dueOn, type Habit } from "../habits";
import type { HabitStore } from "../useHabits";

/** The first field that is a choice divides the day: "Morning", "Afternoon", "Evening". */
const divider = config.fields.find((field) => field.kind === "choice");

interface Props {
  store: HabitStore;
  onNew: () => void;
  onOpen: (habit: Habit) => void;
}

export function Today({ store, onNew, onOpen }: Props) {
  const { habits, log, today } = store;
  const [chosen, setDay] = useState<string | null>(null);
  const day = chosen ?? today;
  const due = dueOn(habits, day);

  return (
    <>
      <header className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <p className="text-sm font-medium text-muted">{longDay(day)}</p>
          <h1 className="truncate text-3xl font-bold tracking-tight">{day === today ? config.words.today : "Looking back"}</h1>
        </div>
        <button
          type="button"
          onClick={onNew}
          className="inline-flex min-h-11 shrink-0 items-center gap-1.5 rounded-2xl bg-accent px-4 font-semibold text-on-accent hover:bg-accent-strong"
        >
          <Plus size={18} aria-hidden />
          New
        </button>
      </header>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:items-start lg:gap-8">
        <div className="grid min-w-0 grid-cols-1 gap-4 lg:sticky lg:top-8 lg:order-2">
          {sectionTitle("week") && (
            <WeekStrip habits={habits} log={log} today={today} day={day} onDay={(next) => setDay(next === today ? null : next)} />
          )}
          {sectionTitle("summary") && <DaySummary habits={habits} log={log} day={day} />}
        </div>
        <div className="space-y-5">
          {due.length === 0 && <Empty onNew={onNew} />}
          {groups(due).map(([name, group]) => (
            <section key={name} aria-label={name || config.words.many}>
              {name && <h2 className="mb-2 px-1 text-sm font-semibold text-muted">{name}</h2>}
              <ul className="space-y-2">
                {group.map((habit) => (
                  <HabitRow
                    key={habit.id}
                    habit={habit}
                    log={log}
                    day={day}
                    today={today}
                    onTap={() => store.tap(habit, day)}
                    onSet={(amount) => store.set(habit, day, amount)}
                    onOpen={() => onOpen(habit)}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      </div>
    </>
  );
}

function groups(due: Habit[]): [string, Habit[]][] {
  if (!divider) return due.length > 0 ? [["", due]] : [];
  const names = [...(divider.options ?? []), ""];
  const nameOf = (habit: Habit) => (names.includes(String(habit.values[divider.id])) ? String(habit.values[divider.id]) : "");
  const found = names
    .map((name): [string, Habit[]] => [name, due.filter((habit) => nameOf(habit) === name)])
    .filter(([, group]) => group.length > 0);
  return found.map(([name, group]) => [name || (found.length > 1 ? "Any time" : ""), group]);
}

function Empty({ onNew }: { onNew: () => void }) {
  return (
    <div className="card grid justify-items-center gap-4 px-6 py-12 text-center">
      <p className="text-muted">{config.words.empty}</p>
      <button
        type="button"
        onClick={onNew}
        className="min-h-11 rounded-2xl bg-accent px-5 font-semibold text-on-accent hover:bg-accent-strong"
      >
        Add a {config.words.one}
      </button>
    </div>
  );
}
