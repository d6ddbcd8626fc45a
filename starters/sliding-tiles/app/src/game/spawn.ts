import { draw } from "./random";
import type { Game, Tile } from "./types";

/** Adds a tile on a free cell; a full board stays as it is. */
export function spawn(game: Game, fourChance: number): { game: Game; fresh: Tile | null } {
  const taken = new Set(game.tiles.map((tile) => tile.row * game.size + tile.column));
  const free = Array.from({ length: game.size * game.size }, (_, cell) => cell).filter((cell) => !taken.has(cell));
  const random = { seed: game.seed };
  const cell = free[Math.floor(draw(random) * free.length)];
  if (cell === undefined) return { game, fresh: null };
  const value = draw(random) < fourChance ? 4 : 2;
  const fresh: Tile = { id: game.nextId, value, row: Math.floor(cell / game.size), column: cell % game.size };
  return { fresh, game: { ...game, tiles: [...game.tiles, fresh], nextId: game.nextId + 1, seed: random.seed } };
}

/** A new board with its first tiles. */
export function newGame(size: number, startTiles: number, fourChance: number, seed: number): Game {
  let game: Game = { size, tiles: [], score: 0, moves: 0, nextId: 1, seed };
  for (let i = 0; i < startTiles; i++) ({ game } = spawn(game, fourChance));
  return game;
}
