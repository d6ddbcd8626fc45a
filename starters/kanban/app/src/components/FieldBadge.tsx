import { CalendarDays, Check } from "lucide-react";
import type { Value } from "../board";
import type { Field } from "../config";
import { daysUntil, friendlyDay } from "../dates";

const BADGE = "inline-flex max-w-full items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-medium";
const PLAIN = `${BADGE} bg-sunken text-muted`;
const LATE = `${BADGE} bg-rose-100 text-rose-800 dark:bg-rose-400/15 dark:text-rose-200`;
const SOON = `${BADGE} bg-amber-100 text-amber-900 dark:bg-amber-400/15 dark:text-amber-200`;
/** From the least to the most of a choice. */
const LEVELS = ["bg-sky-500", "bg-amber-500", "bg-rose-500", "bg-violet-500", "bg-emerald-500"];

/** A field's value as a card shows it. */
export function FieldBadge({ field, value, finished }: { field: Field; value: Value | undefined; finished: boolean }) {
  if (field.kind === "choice") {
    const level = field.options?.indexOf(String(value)) ?? 0;
    return (
      <span className={PLAIN}>
        <span aria-hidden className={`size-1.5 rounded-full ${LEVELS[Math.max(level, 0) % LEVELS.length]}`} />
        <span className="sr-only">{field.label}: </span>
        {String(value)}
      </span>
    );
  }
  if (field.kind === "date") {
    const days = daysUntil(String(value), new Date());
    return (
      <span className={finished ? PLAIN : days < 0 ? LATE : days <= 1 ? SOON : PLAIN} title={`${field.label}: ${String(value)}`}>
        <CalendarDays size={12} aria-hidden />
        <span className="sr-only">{field.label}: </span>
        {friendlyDay(String(value), new Date())}
      </span>
    );
  }
  if (field.kind === "tags") {
    return [value].flat().map((tag) => (
      <span key={String(tag)} className={`${BADGE} bg-accent-soft text-accent-strong`}>
        {String(tag)}
      </span>
    ));
  }
  if (field.kind === "checkbox") {
    return (
      <span className={PLAIN}>
        <Check size={12} aria-hidden />
        {field.label}
      </span>
    );
  }
  return (
    <span className={PLAIN}>
      <span className="font-normal">{field.label}</span>
      <span className="truncate text-ink">{String(value)}</span>
    </span>
  );
}
