import type { Game, Tile } from "./types";

/** Whether something read from storage is a game of this size; anything may be there. */
export function isGame(value: unknown, size: number): value is Game {
  if (typeof value !== "object" || value === null) return false;
  const game = value as Partial<Game>;
  const numbers = [game.score, game.moves, game.nextId, game.seed];
  return (
    game.size === size &&
    numbers.every(Number.isFinite) &&
    Array.isArray(game.tiles) &&
    game.tiles.every((tile) => isTile(tile, size))
  );
}

function isTile(value: unknown, size: number): boolean {
  const tile = value as Partial<Tile> | null;
  const inside = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) < size;
  return (
    !!tile && Number.isInteger(tile.id) && inside(tile.row) && inside(tile.column) && Number.isInteger(Math.log2(tile.value ?? 0))
  );
}
