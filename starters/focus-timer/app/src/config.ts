import raw from "./config.json";
import type { Theme } from "./theme";

export interface Field {
  id: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "tags" | "checkbox";
  options?: string[];
}

/** A finished session to begin with, so that the statistics are not empty. */
export interface Sample {
  daysAgo: number;
  /** Hours and minutes, such as "09:05". */
  at: string;
  minutes: number;
  task: string;
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: { focus: string; short: string; long: string; task: string; one: string; many: string };
  minutes: { focus: number; short: number; long: number };
  /** Focus sessions before a long break. */
  rounds: number;
  /** Focus minutes that make a good day. */
  goal: number;
  /** What is noted with each session, beside its task. */
  fields: Field[];
  sections: { id: string; title: string; on: boolean }[];
  samples: Sample[];
}

const defaults: Config = {
  title: "Focus",
  tagline: "",
  palette: "ember",
  theme: "system",
  words: {
    focus: "Focus", short: "Short break", long: "Long break", task: "What are you working on?", one: "session", many: "sessions",
  },
  minutes: { focus: 25, short: 5, long: 15 },
  rounds: 4,
  goal: 120,
  fields: [],
  sections: [],
  samples: [],
};

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = { ...defaults, ...(raw as unknown as Partial<Config>) };

export const section = (id: string) => config.sections.find((s) => s.id === id && s.on);
