import raw from "./config.json";
import type { Theme } from "./theme";

export interface Field {
  id: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "tags" | "checkbox";
  /** What a choice offers, in the order that the day goes. */
  options?: string[];
}

/** A habit to begin with. Other keys are values of `fields`. */
export interface Sample {
  name: string;
  icon?: string;
  color?: string;
  /** How much makes a day complete; 1 is a plain tick. */
  goal?: number;
  /** How much one tap adds. */
  step?: number;
  unit?: string;
  /** Weekdays it is due, 0 is Sunday; every day when left out. */
  days?: number[];
  /** Share of past days that are shown as done, so that the pages are not empty; 0 for none. */
  history?: number;
  [field: string]: unknown;
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: typeof raw.words;
  /** 1 for Monday, 0 for Sunday. */
  weekStartsOn: number;
  fields: Field[];
  sections: { id: string; title: string; on: boolean }[];
  samples: Sample[];
}

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = raw as unknown as Config;

export const sectionTitle = (id: string): string | null => config.sections.find((s) => s.id === id && s.on)?.title ?? null;

export const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
