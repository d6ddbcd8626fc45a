import { spawn } from "./spawn";
import type { Direction, Game, Move, Tile } from "./types";

/** The board after a move, or null when nothing can slide that way. The game that was given stays as it is. */
export function move(game: Game, direction: Direction, fourChance: number): Move | null {
  const result: Omit<Move, "game" | "fresh"> & { tiles: Tile[] } = { tiles: [], absorbed: [], grown: [], gained: 0 };
  for (let line = 0; line < game.size; line++) {
    slideLine(tilesOf(game, direction, line), (tile, index) => placed(tile, direction, line, index, game.size), result);
  }
  if (result.absorbed.length === 0 && isSame(game.tiles, result.tiles)) return null;
  const slid = { ...game, tiles: result.tiles, score: game.score + result.gained, moves: game.moves + 1 };
  const { game: next, fresh } = spawn(slid, fourChance);
  return { game: next, fresh, absorbed: result.absorbed, grown: result.grown, gained: result.gained };
}

/** One row or column, the tile that leads first. */
function tilesOf(game: Game, direction: Direction, line: number): Tile[] {
  const across = direction === "left" || direction === "right";
  const forward = direction === "left" || direction === "up";
  return game.tiles
    .filter((tile) => (across ? tile.row : tile.column) === line)
    .sort((a, b) => (across ? a.column - b.column : a.row - b.row) * (forward ? 1 : -1));
}

function placed(tile: Tile, direction: Direction, line: number, index: number, size: number): Tile {
  const at = direction === "left" || direction === "up" ? index : size - 1 - index;
  return direction === "left" || direction === "right" ? { ...tile, row: line, column: at } : { ...tile, row: at, column: line };
}

function slideLine(
  line: Tile[],
  place: (tile: Tile, index: number) => Tile,
  into: { tiles: Tile[]; absorbed: Tile[]; grown: number[]; gained: number },
): void {
  const out: Tile[] = [];
  let open = false;
  for (const tile of line) {
    const last = out.at(-1);
    if (last && open && last.value === tile.value) {
      // The tile in front grows; the one behind slides under it and is gone.
      out[out.length - 1] = { ...last, value: last.value * 2 };
      into.absorbed.push(place(tile, out.length - 1));
      into.grown.push(last.id);
      into.gained += last.value * 2;
      open = false;
    } else {
      out.push(place(tile, out.length));
      open = true;
    }
  }
  into.tiles.push(...out);
}

function isSame(before: Tile[], after: Tile[]): boolean {
  const key = (tiles: Tile[]) => new Map(tiles.map((tile) => [tile.id, `${tile.row},${tile.column}`]));
  const old = key(before);
  return [...key(after)].every(([id, at]) => old.get(id) === at);
}

/** Whether any direction still moves something. */
export function canMove(game: Game): boolean {
  if (game.tiles.length < game.size * game.size) return true;
  return game.tiles.some((tile) =>
    game.tiles.some(
      (other) => other.value === tile.value && Math.abs(other.row - tile.row) + Math.abs(other.column - tile.column) === 1,
    ),
  );
}

export const highest = (game: Game): number => Math.max(0, ...game.tiles.map((tile) => tile.value));
