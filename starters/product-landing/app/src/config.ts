import raw from "./config.json";
import type { Theme } from "./theme";

export interface Item {
  title?: string;
  text?: string;
  icon?: string;
  value?: string;
  quote?: string;
  name?: string;
  role?: string;
  price?: number;
  features?: string[];
  cta?: string;
  popular?: boolean;
}

/** A part of the page. Sections are shown in the order of the file. */
export interface Section {
  id: string;
  title: string;
  on: boolean;
  headline?: string;
  text?: string;
  cta?: string;
  second?: string;
  note?: string;
  currency?: string;
  items?: Item[];
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  /** What the first screen shows: dashboard, phone, terminal, object or book. */
  visual: string;
  email: string;
  words: { kind: string; menu: string; monthly: string; yearly: string; popular: string };
  sections: Section[];
}

const defaults: Config = {
  title: "Lumen",
  tagline: "",
  palette: "indigo",
  theme: "system",
  visual: "dashboard",
  email: "",
  words: { kind: "", menu: "Menu", monthly: "Monthly", yearly: "Yearly", popular: "Most popular" },
  sections: [],
};

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = { ...defaults, ...(raw as unknown as Partial<Config>) };

export const shown = config.sections.filter((section) => section.on);

/** Where buttons lead: to the prices where there are any, to an e-mail otherwise. */
export const mailto = `mailto:${config.email}?subject=${encodeURIComponent(config.title)}`;
export const start = shown.some((section) => section.id === "pricing") ? "#pricing" : mailto;
