import { config } from "../config";
import type { Value } from "../history";
import { FieldInput, INPUT } from "./FieldInput";

interface Props {
  name: string;
  values: Record<string, Value>;
  onChange: (name: string, values: Record<string, Value>) => void;
}

/** What the next session will be noted under. */
export function TaskBox({ name, values, onChange }: Props) {
  return (
    <div className="grid w-full max-w-sm gap-3">
      <input
        value={name}
        onChange={(event) => onChange(event.target.value, values)}
        placeholder={config.words.task}
        aria-label={config.words.task}
        maxLength={120}
        className={`${INPUT} h-11 text-center`}
      />
      {config.fields.length > 0 && (
        <div className="grid gap-3 sm:grid-cols-2">
          {config.fields.map((field) => (
            <FieldInput key={field.id} field={field} value={values[field.id]} onChange={(value) => onChange(name, { ...values, [field.id]: value })} />
          ))}
        </div>
      )}
    </div>
  );
}
