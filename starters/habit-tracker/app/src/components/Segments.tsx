interface Props<T extends string> {
  label: string;
  value: T;
  options: Record<T, string>;
  onChange: (value: T) => void;
}

/** A few choices side by side, one of which is on. */
export function Segments<T extends string>({ label, value, options, onChange }: Props<T>) {
  return (
    <fieldset className="flex rounded-xl bg-sunken p-1">
      <legend className="sr-only">{label}</legend>
      {(Object.keys(options) as T[]).map((option) => (
        <label key={option} className="relative">
          <input
            type="radio"
            name={label}
            checked={option === value}
            onChange={() => onChange(option)}
            className="peer absolute inset-0 cursor-pointer opacity-0"
          />
          <span className="grid min-h-11 min-w-11 place-items-center rounded-lg px-3 text-sm font-medium text-muted peer-checked:bg-surface peer-checked:text-ink peer-checked:shadow-card peer-focus-visible:outline-2 peer-focus-visible:outline-accent">
            {options[option]}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
