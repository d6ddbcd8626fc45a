import type { Field } from "../config";
import type { Value } from "../recipe";

/** The control for a field of any kind. */
export function FieldInput({
  field,
  value,
  onChange,
}: {
  field: Field;
  value: Value | undefined;
  onChange: (value: Value) => void;
}) {
  const id = `field-${field.id}`;
  if (field.kind === "checkbox") {
    return (
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(e) => onChange(e.target.checked)}
          className="size-5 accent-(--accent)"
        />
        {field.label}
      </label>
    );
  }
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {field.label}
      </label>
      {field.kind === "choice" ? (
        <select id={id} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} className="control">
          <option value="">Any</option>
          {field.options?.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : field.kind === "tags" ? (
        <input
          id={id}
          defaultValue={[value ?? []].flat().join(", ")}
          onChange={(e) =>
            onChange(
              e.target.value
                .split(",")
                .map((tag) => tag.trim())
                .filter(Boolean),
            )
          }
          placeholder="Separate with commas"
          className="control"
        />
      ) : (
        <input
          id={id}
          type={field.kind}
          step={field.kind === "number" ? "any" : undefined}
          value={typeof value === "string" || typeof value === "number" ? value : ""}
          onChange={(e) => onChange(field.kind === "number" && e.target.value !== "" ? Number(e.target.value) : e.target.value)}
          className="control"
        />
      )}
    </div>
  );
}
