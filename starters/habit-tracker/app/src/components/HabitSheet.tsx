import { type FormEvent, useState } from "react";
import { capitalise, config } from "../config";
import { type Habit, isDue } from "../habits";
import { FieldInput } from "./FieldInput";
import { DayPicker, LookPicker } from "./Pickers";
import { Sheet } from "./Sheet";

interface Props {
  habit: Habit;
  isNew: boolean;
  today: string;
  onSave: (habit: Habit) => void;
  onArchive: (habit: Habit) => void;
  onClose: () => void;
}

/** Everything about a habit, to add or change it. */
export function HabitSheet({ habit, isNew, today, onSave, onArchive, onClose }: Props) {
  const [draft, setDraft] = useState(habit);
  const set = (change: Partial<Habit>) => setDraft((now) => ({ ...now, ...change }));
  const { one } = config.words;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = draft.name.trim();
    if (name === "") return;
    onSave({ ...draft, name, unit: draft.unit.trim() });
    onClose();
  };

  return (
    <Sheet title={isNew ? `New ${one}` : `Edit ${one}`} onClose={onClose}>
      <form onSubmit={submit} className="space-y-5">
        <div>
          <label htmlFor="habit-name" className="mb-1.5 block text-sm font-medium">
            Name
          </label>
          <input
            id="habit-name"
            required
            autoFocus={isNew}
            maxLength={60}
            value={draft.name}
            onChange={(e) => set({ name: e.target.value })}
            placeholder="Read before bed"
            className="control"
          />
        </div>
        <LookPicker icon={draft.icon} color={draft.color} onChange={set} />
        <div className="grid grid-cols-3 gap-3">
          <Amount label="Goal a day" value={draft.goal} onChange={(goal) => set({ goal })} />
          <Amount label="One tap adds" value={draft.step} onChange={(step) => set({ step })} />
          <div>
            <label htmlFor="habit-unit" className="mb-1.5 block text-sm font-medium">
              Unit
            </label>
            <input
              id="habit-unit"
              maxLength={16}
              value={draft.unit}
              onChange={(e) => set({ unit: e.target.value })}
              placeholder="pages"
              className="control"
            />
          </div>
        </div>
        <DayPicker days={draft.days} onChange={(days) => set({ days })} />
        {config.fields.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={draft.values[field.id]}
            onChange={(value) => set({ values: { ...draft.values, [field.id]: value } })}
          />
        ))}
        {!isDue({ ...draft, archived: false }, today) && (
          <p className="text-sm text-muted">Not due today. It shows on its own days.</p>
        )}
        <div className="flex gap-3 pt-1">
          {!isNew && (
            <button
              type="button"
              onClick={() => {
                onArchive(habit);
                onClose();
              }}
              className="min-h-12 flex-1 rounded-2xl border border-line font-semibold hover:bg-sunken"
            >
              Archive
            </button>
          )}
          <button
            type="submit"
            className="min-h-12 flex-2 rounded-2xl bg-accent font-semibold text-on-accent hover:bg-accent-strong"
          >
            {isNew ? `Add ${capitalise(one)}` : "Save"}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function Amount({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const id = `amount-${label}`;
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        type="number"
        min={1}
        max={9999}
        required
        value={value}
        onChange={(e) => onChange(Math.max(1, Math.round(Number(e.target.value)) || 1))}
        className="control tabular-nums"
      />
    </div>
  );
}
