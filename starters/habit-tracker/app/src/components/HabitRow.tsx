import { Check, Flame, Minus } from "lucide-react";
import { config } from "../config";
import { doneOn, type Habit, isDone, type Log } from "../habits";
import { HabitIcon, hueOf } from "../icons";
import { streakOf } from "../stats";
import { fieldText } from "./fields";
import { Ring } from "./Ring";

interface Props {
  habit: Habit;
  log: Log;
  day: string;
  today: string;
  onTap: () => void;
  onSet: (amount: number) => void;
  onOpen: () => void;
}

/** One habit of the day: a large button to check it off, and what there is to know. */
export function HabitRow({ habit, log, day, today, onTap, onSet, onOpen }: Props) {
  const amount = doneOn(log, habit, day);
  const done = isDone(log, habit, day);
  const counted = habit.goal > 1;
  const streak = streakOf(habit, log, today).current;
  const notes = config.fields
    .filter((field) => field.kind !== "choice")
    .map((field) => fieldText(field, habit.values[field.id]))
    .filter(Boolean);

  return (
    <li className="tint card flex items-center gap-3 p-2.5 pr-3" style={{ "--h": hueOf(habit.color) } as React.CSSProperties}>
      <button
        type="button"
        aria-pressed={counted ? undefined : done}
        aria-label={counted ? `${habit.name}: ${amount} of ${habit.goal} ${habit.unit}, add ${habit.step}` : habit.name}
        onClick={onTap}
        className={`relative grid size-14 shrink-0 place-items-center rounded-2xl transition-colors active:scale-95 ${done ? "bg-(--tint) text-(--on-tint)" : "bg-(--tint-soft) text-(--tint-ink)"}`}
      >
        {counted && !done ? (
          <Ring share={amount / habit.goal} className="size-11">
            <HabitIcon name={habit.icon} size={18} />
          </Ring>
        ) : done ? (
          <Check key="done" size={26} strokeWidth={2.75} aria-hidden className="pop" />
        ) : (
          <HabitIcon name={habit.icon} size={24} />
        )}
      </button>
      <button type="button" onClick={onOpen} className="min-h-11 min-w-0 flex-1 rounded-lg text-left">
        <span className="sr-only">Edit</span>
        <span className={`block truncate font-semibold ${done ? "text-muted" : ""}`}>{habit.name}</span>
        <span className="block truncate text-sm text-muted">
          {counted ? `${amount} / ${habit.goal} ${habit.unit}` : notes.join(" · ")}
          {counted && notes.length > 0 && ` · ${notes.join(" · ")}`}
        </span>
      </button>
      {counted && amount > 0 && (
        <button
          type="button"
          aria-label={`${habit.name}: take ${habit.step} away`}
          onClick={() => onSet(amount - habit.step)}
          className="grid size-11 shrink-0 place-items-center rounded-xl text-muted hover:bg-sunken"
        >
          <Minus size={18} aria-hidden />
        </button>
      )}
      {streak > 1 && (
        <span
          className="flex shrink-0 items-center gap-1 text-sm font-semibold text-(--tint-ink) tabular-nums"
          title={`${streak} days in a row`}
        >
          <Flame size={16} aria-hidden />
          {streak}
          <span className="sr-only"> days in a row</span>
        </span>
      )}
    </li>
  );
}
