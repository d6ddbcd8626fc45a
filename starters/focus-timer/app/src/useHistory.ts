import { useEffect, useState } from "react";
import { config } from "./config";
import { seed, type Session } from "./history";
import { load, save } from "./storage";

const KEY = "focus.history";

/** Finished sessions, the newest last, kept in the browser. */
export function useHistory() {
  const [sessions, setSessions] = useState<Session[]>(() => {
    const saved = load<Session[] | null>(KEY, null);
    return Array.isArray(saved) ? saved : seed(config.samples, new Date());
  });
  useEffect(() => save(KEY, sessions), [sessions]);

  return {
    sessions,
    hasSamples: sessions.some((s) => s.id.startsWith("sample-")),
    add: (session: Session) => setSessions((now) => (now.some((s) => s.id === session.id) ? now : [...now, session])),
    remove: (id: string) => setSessions((now) => now.filter((s) => s.id !== id)),
    clearSamples: () => setSessions((now) => now.filter((s) => !s.id.startsWith("sample-"))),
  };
}
