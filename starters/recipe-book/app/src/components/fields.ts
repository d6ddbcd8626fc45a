import type { Field } from "../config";
import type { Value } from "../recipe";

/** A field's value as a short text; empty when there is none. */
export function fieldText(field: Field, value: Value | undefined): string {
  if (value === undefined || value === "" || value === false) return "";
  if (value === true) return field.label;
  if (field.kind === "number") return `${field.label} ${value}`;
  return [value].flat().join(", ");
}
