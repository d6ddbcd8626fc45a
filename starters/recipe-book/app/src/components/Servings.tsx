import { Minus, Plus } from "lucide-react";
import { config } from "../config";

/** How many people eat. */
export function Servings({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const button =
    "grid size-11 place-items-center rounded-xl text-accent hover:bg-accent-soft disabled:cursor-default disabled:opacity-30";
  return (
    <div
      role="group"
      aria-label={config.words.servings}
      className="inline-flex items-center rounded-2xl border border-line bg-surface"
    >
      <button type="button" aria-label="One less" disabled={value <= 1} onClick={() => onChange(value - 1)} className={button}>
        <Minus size={18} aria-hidden />
      </button>
      <span aria-live="polite" className="min-w-24 text-center text-sm">
        <b className="text-lg tabular-nums">{value}</b> {config.words.servings.toLowerCase()}
      </span>
      <button type="button" aria-label="One more" disabled={value >= 99} onClick={() => onChange(value + 1)} className={button}>
        <Plus size={18} aria-hidden />
      </button>
    </div>
  );
}
