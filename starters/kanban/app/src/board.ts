import type { ColumnConfig, Field, Sample } from "./config";
import { addDays, isoDay } from "./dates";

export type Value = string | number | boolean | string[];

export interface Card {
  id: string;
  column: string;
  title: string;
  note: string;
  values: Record<string, Value>;
}

export interface Query {
  text: string;
  /** Field id -> the choice that cards must have. */
  choices: Record<string, string>;
}

let lastId = 0;
export const newId = (): string => `${Date.now().toString(36)}-${(lastId++).toString(36)}`;

/** The cards that a new board begins with. */
export function seed(samples: Sample[], fields: Field[], today: Date): Card[] {
  return samples.map((sample, index) => {
    const values: Card["values"] = {};
    for (const field of fields) {
      const value = sample[field.id];
      if (value === undefined || value === null) continue;
      values[field.id] =
        field.kind === "date" && typeof value === "number" ? isoDay(addDays(today, value)) : (value as Value);
    }
    return { id: `sample-${index}`, column: sample.column, title: sample.title, note: sample.note ?? "", values };
  });
}

/** The cards of a column in order. The first column also takes cards whose column is gone. */
export function cardsOf(cards: Card[], column: ColumnConfig, columns: ColumnConfig[]): Card[] {
  const known = new Set(columns.map((c) => c.id));
  const isFirst = columns[0]?.id === column.id;
  return cards.filter((card) => card.column === column.id || (isFirst && !known.has(card.column)));
}

/** Puts a card into a column, before the card at `index` there (at the end when there is none). */
export function move(cards: Card[], id: string, column: string, index: number): Card[] {
  const card = cards.find((c) => c.id === id);
  if (!card) return cards;
  const others = cards.filter((c) => c.id !== id);
  const next = others.filter((c) => c.column === column)[index];
  const at = next ? others.indexOf(next) : others.length;
  return [...others.slice(0, at), { ...card, column }, ...others.slice(at)];
}

export function matches(card: Card, query: Query): boolean {
  const text = query.text.trim().toLowerCase();
  const words = [card.title, card.note, ...Object.values(card.values).flat().map(String)].join(" ").toLowerCase();
  return words.includes(text) && Object.entries(query.choices).every(([id, option]) => card.values[id] === option);
}
