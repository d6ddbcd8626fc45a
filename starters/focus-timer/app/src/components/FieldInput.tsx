import type { Value } from "../history";
import type { Field } from "../config";

export const INPUT = "h-9 w-full rounded-lg border border-line bg-canvas px-3 text-sm placeholder:text-muted";

/** The control for a field of any kind. */
export function FieldInput({ field, value, onChange }: { field: Field; value: Value | undefined; onChange: (value: Value) => void }) {
  const id = `field-${field.id}`;
  if (field.kind === "checkbox") {
    return (
      <label className="flex h-9 items-center gap-2 self-end text-sm">
        <input type="checkbox" checked={value === true} onChange={(e) => onChange(e.target.checked)} className="size-4 accent-(--accent)" />
        {field.label}
      </label>
    );
  }
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-muted">{field.label}</label>
      {field.kind === "choice" ? (
        <select id={id} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} className={INPUT}>
          <option value="">None</option>
          {field.options?.map((option) => <option key={option}>{option}</option>)}
        </select>
      ) : field.kind === "tags" ? (
        <input
          id={id}
          defaultValue={[value ?? []].flat().join(", ")}
          onChange={(e) => onChange(e.target.value.split(",").map((tag) => tag.trim()).filter(Boolean))}
          placeholder="Separate with commas"
          className={INPUT}
        />
      ) : (
        <input
          id={id}
          type={field.kind}
          step={field.kind === "number" ? "any" : undefined}
          value={typeof value === "string" || typeof value === "number" ? value : ""}
          onChange={(e) => onChange(field.kind === "number" && e.target.value !== "" ? Number(e.target.value) : e.target.value)}
          className={INPUT}
        />
      )}
    </div>
  );
}
