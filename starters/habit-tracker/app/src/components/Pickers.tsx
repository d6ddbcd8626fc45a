import { config } from "../config";
import { weekdayName } from "../dates";
import { HUES, ICONS, hueOf } from "../icons";

const chosenRing =
  "peer-checked:ring-2 peer-checked:ring-ink peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent";

/** Picture and colour of a habit. */
export function LookPicker({
  icon,
  color,
  onChange,
}: {
  icon: string;
  color: string;
  onChange: (change: { icon?: string; color?: string }) => void;
}) {
  return (
    <div className="tint space-y-3" style={{ "--h": hueOf(color) } as React.CSSProperties}>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">Colour</legend>
        <div className="grid grid-cols-5 sm:grid-cols-9">
          {Object.keys(HUES).map((name) => (
            <label
              key={name}
              className="tint relative grid h-11 place-items-center"
              style={{ "--h": hueOf(name) } as React.CSSProperties}
            >
              <input
                type="radio"
                name="color"
                aria-label={name}
                checked={name === color}
                onChange={() => onChange({ color: name })}
                className="peer absolute inset-0 cursor-pointer opacity-0"
              />
              <span className={`size-7 rounded-full bg-(--tint) ring-offset-2 ring-offset-(--surface) ${chosenRing}`} />
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">Picture</legend>
        <div className="grid grid-cols-7 gap-1.5 sm:grid-cols-9">
          {Object.entries(ICONS).map(([name, Icon]) => (
            <label key={name} className="relative grid place-items-center">
              <input
                type="radio"
                name="icon"
                aria-label={name}
                checked={name === icon}
                onChange={() => onChange({ icon: name })}
                className="peer absolute inset-0 cursor-pointer opacity-0"
              />
              <span className="grid h-11 w-full place-items-center rounded-xl text-muted peer-checked:bg-(--tint) peer-checked:text-(--on-tint) peer-hover:bg-sunken peer-checked:peer-hover:bg-(--tint) peer-focus-visible:outline-2 peer-focus-visible:outline-accent">
                <Icon size={20} aria-hidden />
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** The weekdays that a habit is due; at least one stays. */
export function DayPicker({ days, onChange }: { days: number[]; onChange: (days: number[]) => void }) {
  const order = [0, 1, 2, 3, 4, 5, 6].map((i) => (i + config.weekStartsOn) % 7);
  const toggle = (day: number) => {
    const next = days.includes(day) ? days.filter((d) => d !== day) : [...days, day];
    if (next.length > 0) onChange(next.sort());
  };
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Days</legend>
      <div className="grid grid-cols-7 gap-1.5">
        {order.map((day) => (
          <label key={day} className="relative">
            <input
              type="checkbox"
              aria-label={weekdayName(day, "long")}
              checked={days.includes(day)}
              onChange={() => toggle(day)}
              className="peer absolute inset-0 cursor-pointer opacity-0"
            />
            <span className="grid h-11 place-items-center rounded-xl border border-line text-sm font-medium text-muted peer-checked:border-accent peer-checked:bg-accent-soft peer-checked:text-ink peer-focus-visible:outline-2 peer-focus-visible:outline-accent">
              {weekdayName(day).slice(0, 2)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
