export type Direction = "left" | "right" | "up" | "down";

export interface Tile {
  /** Stays the same while a tile slides, so that the view can move it. */
  id: number;
  value: number;
  row: number;
  column: number;
}

export interface Game {
  size: number;
  tiles: Tile[];
  score: number;
  moves: number;
  nextId: number;
  /** State of the random numbers, so that a game can be replayed. */
  seed: number;
}

export interface Move {
  game: Game;
  /** Tiles that slid into another one and are gone: where they ended. */
  absorbed: Tile[];
  /** Ids of the tiles that grew. */
  grown: number[];
  /** The tile that came up. */
  fresh: Tile | null;
  gained: number;
}
