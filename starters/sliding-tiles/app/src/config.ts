import raw from "./config.json";
import type { Theme } from "./theme";

export interface GameConfig {
  /** Tiles along one side of the board. */
  size: number;
  /** The sizes that a person may choose from. */
  sizes: number[];
  /** The tile that wins, a power of two. */
  target: number;
  /** Tiles on a new board. */
  startTiles: number;
  /** Chance, 0 to 1, that a new tile is a 4 and not a 2. */
  fourChance: number;
  /** How many moves may be taken back in one game. */
  undos: number;
  /** What to show in place of 2, 4, 8 ...: the first for 2. Five letters fit. Empty for numbers. */
  labels: string[];
}

export interface AppConfig {
  title: string;
  tagline: string;
  palette: string;
  theme: Theme;
  words: typeof raw.words;
  sections: { id: string; title: string; on: boolean }[];
  game: GameConfig;
}

export const config = raw as AppConfig;

/** The section when it is switched on. */
export function section(id: string) {
  return config.sections.find((s) => s.id === id && s.on);
}

/** What a tile shows: its number, or its label where the configuration has one. */
export function labelOf(value: number): string {
  return config.game.labels[Math.log2(value) - 1] ?? String(value);
}
