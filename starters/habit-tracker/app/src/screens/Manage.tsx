import { ArchiveRestore, ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Segments } from "../components/Segments";
import { capitalise, config } from "../config";
import { weekdayName } from "../dates";
import type { Habit } from "../habits";
import { HabitIcon, hueOf } from "../icons";
import { chooseTheme, currentTheme, type Theme } from "../theme";
import type { HabitStore } from "../useHabits";

interface Props {
  store: HabitStore;
  onNew: () => void;
  onOpen: (habit: Habit) => void;
}

export function Manage({ store, onNew, onOpen }: Props) {
  const active = store.habits.filter((habit) => !habit.archived);
  const archived = store.habits.filter((habit) => habit.archived);
  return (
    <>
      <header className="flex items-center justify-between gap-4">
        <h1 className="truncate text-3xl font-bold tracking-tight">{capitalise(config.words.many)}</h1>
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
        <ul className="card divide-y divide-line">
          {active.length === 0 && <li className="p-8 text-center text-muted">No {config.words.many} yet</li>}
          {active.map((habit, index) => (
            <Row key={habit.id} habit={habit} onOpen={() => onOpen(habit)}>
              <Tool
                label={`Move ${habit.name} up`}
                disabled={index === 0}
                onClick={() => store.move(habit, -1)}
                icon={<ChevronUp size={18} aria-hidden />}
              />
              <Tool
                label={`Move ${habit.name} down`}
                disabled={index === active.length - 1}
                onClick={() => store.move(habit, 1)}
                icon={<ChevronDown size={18} aria-hidden />}
              />
            </Row>
          ))}
        </ul>
        <div className="grid gap-4">
          {archived.length > 0 && (
            <section aria-label="Archived">
              <h2 className="mb-2 px-1 text-sm font-semibold text-muted">Archived</h2>
              <ul className="card divide-y divide-line">
                {archived.map((habit) => (
                  <Row key={habit.id} habit={habit} onOpen={() => onOpen(habit)}>
                    <Tool
                      label={`Bring ${habit.name} back`}
                      onClick={() => store.archive(habit, false)}
                      icon={<ArchiveRestore size={18} aria-hidden />}
                    />
                    <Tool
                      label={`Delete ${habit.name}`}
                      onClick={() => store.remove(habit)}
                      icon={<Trash2 size={18} aria-hidden />}
                    />
                  </Row>
                ))}
              </ul>
            </section>
          )}
          <Settings store={store} />
        </div>
      </div>
    </>
  );
}

function Settings({ store }: { store: HabitStore }) {
  const [theme, setTheme] = useState(() => currentTheme(config.theme));
  const choose = (next: Theme) => {
    setTheme(next);
    chooseTheme(config.palette, config.theme, next);
  };
  return (
    <section aria-label="Settings" className="card space-y-3 p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Theme</h2>
        <Segments label="Theme" value={theme} options={{ system: "Device", light: "Light", dark: "Dark" }} onChange={choose} />
      </div>
      <p className="text-sm text-pretty text-muted">Everything is kept in this browser and nowhere else.</p>
      <div className="grid grid-cols-2 gap-2">
        <button
          type="button"
          onClick={store.forget}
          className="min-h-11 rounded-xl border border-line px-3 text-sm font-medium hover:bg-sunken"
        >
          Clear history
        </button>
        <button
          type="button"
          onClick={store.clear}
          className="min-h-11 rounded-xl border border-line px-3 text-sm font-medium hover:bg-sunken"
        >
          Start empty
        </button>
      </div>
    </section>
  );
}

function Row({ habit, onOpen, children }: { habit: Habit; onOpen: () => void; children: React.ReactNode }) {
  return (
    <li className="tint flex items-center gap-3 py-2 pr-2 pl-3" style={{ "--h": hueOf(habit.color) } as React.CSSProperties}>
      <span className="grid size-10 shrink-0 place-items-center rounded-xl bg-(--tint-soft) text-(--tint-ink)">
        <HabitIcon name={habit.icon} size={18} />
      </span>
      <button type="button" onClick={onOpen} className="min-h-11 min-w-0 flex-1 rounded-lg text-left">
        <span className="sr-only">Edit</span>
        <span className="block truncate font-medium">{habit.name}</span>
        <span className="block truncate text-sm text-muted">{rhythm(habit)}</span>
      </button>
      {children}
    </li>
  );
}

function Tool({
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
      title={label}
      disabled={disabled}
      onClick={onClick}
      className="grid size-11 shrink-0 place-items-center rounded-xl text-muted hover:bg-sunken disabled:cursor-default disabled:opacity-30"
    >
      {icon}
    </button>
  );
}

/** "Every day", "Weekdays" or "Mon, Thu", and the goal where it is more than a tick. */
export function rhythm(habit: Habit): string {
  const key = habit.days.join("");
  const days =
    key === "0123456"
      ? "Every day"
      : key === "12345"
        ? "Weekdays"
        : key === "06"
          ? "Weekends"
          : habit.days.map((day) => weekdayName(day)).join(", ");
  return habit.goal > 1 ? `${days} · ${habit.goal} ${habit.unit}`.trim() : days;
}
