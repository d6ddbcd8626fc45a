import raw from "./config.json";
import type { Theme } from "./theme";

export interface Item {
  title: string;
  text?: string;
  price?: string;
  icon?: string;
  quote?: string;
  role?: string;
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
  icons?: string[];
  items?: Item[];
}

/** When the business is open on a day of the week; a day without times is closed. */
export interface Hours {
  day: string;
  open?: string;
  close?: string;
}

export interface Config {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: { kind: string; place: string; menu: string; openNow: string; closedNow: string; closed: string };
  contact: { phone: string; email: string; address: string };
  hours: Hours[];
  sections: Section[];
}

const defaults: Config = {
  title: "Maple Street Studio",
  tagline: "",
  palette: "terracotta",
  theme: "system",
  words: { kind: "", place: "", menu: "Menu", openNow: "Open now", closedNow: "Closed now", closed: "Closed" },
  contact: { phone: "", email: "", address: "" },
  hours: [],
  sections: [],
};

/** Everything that can be changed without touching code; edit config.json. */
export const config: Config = { ...defaults, ...(raw as unknown as Partial<Config>) };

export const shown = config.sections.filter((section) => section.on);
export const isShown = (id: string): boolean => shown.some((section) => section.id === id);

/** "Bakery in Oslo". */
export const where = [config.words.kind, config.words.place].filter(Boolean).join(" in ");

export const phoneLink = `tel:${config.contact.phone.replace(/[^+\d]/g, "")}`;
export const mailLink = `mailto:${config.contact.email}?subject=${encodeURIComponent(config.title)}`;
/** Where the main button leads: to the contact section if it is shown, to an e-mail otherwise. */
export const reach = isShown("contact") ? "#contact" : mailLink;
