import { Pause, Play, RotateCcw, SkipForward } from "lucide-react";
import type { Mode } from "../timer";

interface Props {
  running: boolean;
  mode: Mode;
  onToggle: () => void;
  onReset: () => void;
  onSkip: () => void;
}

const SIDE = "grid size-12 place-items-center rounded-full border border-line text-muted transition-colors hover:bg-sunken hover:text-ink";

export function Controls({ running, mode, onToggle, onReset, onSkip }: Props) {
  const Icon = running ? Pause : Play;
  return (
    <div className="grid justify-items-center gap-4">
      <div className="flex items-center gap-4">
        <button type="button" onClick={onReset} aria-label="Start this interval over" title="Start over (R)" className={SIDE}>
          <RotateCcw size={18} aria-hidden />
        </button>
        <button
          type="button"
          onClick={onToggle}
          className={`inline-flex h-14 min-w-36 items-center justify-center gap-2 rounded-full px-8 text-base font-semibold text-on-accent transition-[background-color,transform] active:scale-[.98] ${
            mode === "focus" ? "bg-accent hover:bg-accent-strong" : "bg-rest hover:brightness-110"
          }`}
        >
          <Icon size={18} fill="currentColor" aria-hidden />
          {running ? "Pause" : "Start"}
        </button>
        <button type="button" onClick={onSkip} aria-label="Skip to the next interval" title="Skip (S)" className={SIDE}>
          <SkipForward size={18} aria-hidden />
        </button>
      </div>
      <p className="hidden text-xs text-muted sm:block">
        <Key>Space</Key> start or pause <Key>R</Key> start over <Key>S</Key> skip
      </p>
    </div>
  );
}

const Key = ({ children }: { children: string }) => (
  <kbd className="ml-2 rounded border border-line bg-sunken px-1.5 py-0.5 font-sans text-[11px]">{children}</kbd>
);
