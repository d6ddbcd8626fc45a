import raw from "./config.json";
import type { PowerKind } from "./game/types";

export interface GameConfig {
  /** Balls at the start of a game. */
  lives: number;
  /** Speed of the ball on level 1, in field units per second (the field is 600 wide). */
  ballSpeed: number;
  /** How much faster each further level is: 0.07 is 7 %. */
  speedUpPerLevel: number;
  /** Width of the paddle in field units. */
  paddleWidth: number;
  /** Chance, 0 to 1, that a broken brick drops a power-up. */
  powerUpChance: number;
  powerUps: PowerKind[];
  /** One list of rows per level: 1-3 hits to break, # cannot break, anything else is empty. */
  levels: string[][];
}

export interface AppConfig {
  title: string;
  tagline: string;
  palette: string;
  theme: "system" | "light" | "dark";
  words: typeof raw.words;
  sections: { id: string; title: string; on: boolean }[];
  game: GameConfig;
}

export const config = raw as AppConfig;

/** The section when it is switched on. */
export function section(id: string) {
  return config.sections.find((s) => s.id === id && s.on);
}
