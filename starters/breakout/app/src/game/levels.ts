import { FIELD, type Brick } from "./types";

const MARGIN = 18;
const GAP = 5;
const TOP = 64;
const HEIGHT = 22;

/** Turns the rows of a level into bricks that fill the width of the field. */
export function layOutLevel(rows: string[]): Brick[] {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = (FIELD.width - 2 * MARGIN - (columns - 1) * GAP) / columns;
  return rows.flatMap((row, r) =>
    [...row].flatMap((mark, c) => {
      const hits = hitsOf(mark);
      if (hits === 0) return [];
      return [{ x: MARGIN + c * (width + GAP), y: TOP + r * (HEIGHT + GAP), width, height: HEIGHT, hits, color: r % 6 }];
    }),
  );
}

function hitsOf(mark: string): number {
  if (mark === "#") return Infinity;
  return "123".includes(mark) ? Number(mark) : 0;
}

/** The rows of a level; after the last one they begin again. */
export function rowsOf(levels: string[][], level: number): string[] {
  return levels[(level - 1) % levels.length] ?? [];
}

export function isCleared(bricks: Brick[]): boolean {
  return bricks.every((brick) => brick.hits === Infinity);
}
