import raw from "./config.json";
import type { Theme } from "./theme";

export interface Field {
  id: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "tags" | "checkbox";
  /** What a choice offers, from least to most. */
  options?: string[];
}

export interface ColumnConfig {
  id: string;
  title: string;
  /** More cards than this are marked; nothing stops a person. */
  limit?: number;
}

/** A card to begin with. A date field holds days from today; other fields hold their value. */
export interface Sample {
  column: string;
  title: string;
  note?: string;
  [field: string]: unknown;
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: { one: string; many: string; empty: string };
  columns: ColumnConfig[];
  fields: Field[];
  sections: { id: string; title: string; on: boolean }[];
  samples: Sample[];
}

const defaults: Config = {
  title: "Kanban",
  tagline: "",
  palette: "indigo",
  theme: "system",
  words: { one: "card", many: "cards", empty: "Nothing here yet" },
  columns: [{ id: "todo", title: "To do" }],
  fields: [],
  sections: [],
  samples: [],
};

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = { ...defaults, ...(raw as unknown as Partial<Config>) };

export const isOn = (section: string): boolean =>
  config.sections.some((s) => s.id === section && s.on);

export const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
