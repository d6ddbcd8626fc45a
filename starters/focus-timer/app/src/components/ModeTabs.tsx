import { config } from "../config";
import type { Mode } from "../timer";

const MODES: Mode[] = ["focus", "short", "long"];

export function ModeTabs({ mode, onChoose }: { mode: Mode; onChoose: (mode: Mode) => void }) {
  return (
    <div role="group" aria-label="Interval" className="flex max-w-full rounded-full bg-sunken p-1">
      {MODES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === mode}
          onClick={() => onChoose(each)}
          className="truncate rounded-full px-3 py-1.5 text-sm font-medium text-muted transition-colors hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card sm:px-4"
        >
          {config.words[each]}
        </button>
      ))}
    </div>
  );
}
