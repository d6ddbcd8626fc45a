import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { config } from "../config";
import type { Mode, Settings } from "../timer";
import { INPUT } from "./FieldInput";

interface Props {
  settings: Settings;
  onSave: (settings: Settings) => void;
  onClose: () => void;
}

const MODES: Mode[] = ["focus", "short", "long"];

export function SettingsDialog({ settings, onSave, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [draft, setDraft] = useState(settings);

  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      aria-labelledby="settings-title"
      className="m-auto w-[min(26rem,calc(100vw-1.5rem))] rounded-2xl border border-line bg-surface p-0 text-ink shadow-float backdrop:bg-black/45 backdrop:backdrop-blur-[2px]"
    >
      <form
        className="grid gap-4 p-5"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(draft);
          dialog.current?.close();
        }}
      >
        <div className="flex items-center justify-between">
          <h2 id="settings-title" className="text-base font-semibold">Settings</h2>
          <button type="button" aria-label="Close" onClick={() => dialog.current?.close()} className="grid size-8 place-items-center rounded-lg text-muted hover:bg-sunken hover:text-ink">
            <X size={18} aria-hidden />
          </button>
        </div>
        <fieldset>
          <legend className="mb-2 text-xs font-medium text-muted">Minutes</legend>
          <div className="grid grid-cols-3 gap-3">
            {MODES.map((mode) => (
              <label key={mode} className="text-sm">
                <span className="mb-1 block truncate">{config.words[mode]}</span>
                <input
                  type="number" min={1} max={180} required value={draft.minutes[mode] || ""} className={INPUT}
                  onChange={(e) => setDraft({ ...draft, minutes: { ...draft.minutes, [mode]: Number(e.target.value) } })}
                />
              </label>
            ))}
          </div>
        </fieldset>
        <label className="flex items-center justify-between gap-4 text-sm">
          Rounds before a long break
          <input type="number" min={1} max={12} required value={draft.rounds || ""} className={`${INPUT} w-20`} onChange={(e) => setDraft({ ...draft, rounds: Number(e.target.value) })} />
        </label>
        <Switch name="Start the next interval by itself" on={draft.autoStart} onChange={(autoStart) => setDraft({ ...draft, autoStart })} />
        <Switch name="Sound at the end" on={draft.sound} onChange={(sound) => setDraft({ ...draft, sound })} />
        <button type="submit" className="h-10 rounded-lg bg-accent px-4 text-sm font-medium text-on-accent hover:bg-accent-strong">
          Save
        </button>
      </form>
    </dialog>
  );
}

function Switch({ name, on, onChange }: { name: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex cursor-pointer items-center justify-between gap-4 text-sm">
      {name}
      <input type="checkbox" role="switch" checked={on} onChange={(e) => onChange(e.target.checked)} className="peer sr-only" />
      <span aria-hidden className="relative h-6 w-10 shrink-0 rounded-full bg-line transition-colors peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent after:absolute after:top-0.5 after:left-0.5 after:size-5 after:rounded-full after:bg-surface after:transition-transform peer-checked:after:translate-x-4" />
    </label>
  );
}
