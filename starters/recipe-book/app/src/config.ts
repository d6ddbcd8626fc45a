import raw from "./config.json";
import type { RecipeText } from "./recipe";
import type { Theme } from "./theme";

export interface Field {
  id: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "tags" | "checkbox";
  options?: string[];
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: typeof raw.words;
  fields: Field[];
  sections: { id: string; title: string; on: boolean }[];
  /** What the book begins with: ids of files in src/recipes, or whole recipes. */
  samples: (string | RecipeText)[];
}

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = raw as unknown as Config;

export const sectionTitle = (id: string): string | null => config.sections.find((s) => s.id === id && s.on)?.title ?? null;

export const isOn = (id: string): boolean => sectionTitle(id) !== null;

export const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
