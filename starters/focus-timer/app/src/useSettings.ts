import { useEffect, useState } from "react";
import { config } from "./config";
import { load, save } from "./storage";
import type { Settings } from "./timer";

const KEY = "focus.settings";
/** What the person set counts for as long as config.json says what it said then. */
const BASE = JSON.stringify([config.minutes, config.rounds]);

interface Saved {
  base: string;
  settings: Settings;
}

export function useSettings() {
  const [settings, setSettings] = useState<Settings>(() => {
    const saved = load<Saved | null>(KEY, null);
    return saved?.base === BASE
      ? saved.settings
      : { minutes: config.minutes, rounds: config.rounds, autoStart: false, sound: true };
  });
  useEffect(() => save(KEY, { base: BASE, settings }), [settings]);
  return [settings, setSettings] as const;
}
