import { describe, expect, it } from "vitest";
import { config } from "../app/src/config";
import { isGame } from "../app/src/game/saved";
import { canMove, highest, move } from "../app/src/game/slide";
import { newGame, spawn } from "../app/src/game/spawn";
import type { Direction, Game } from "../app/src/game/types";

/** A game from rows of numbers, 0 for an empty cell. */
function board(rows: number[][], over: Partial<Game> = {}): Game {
  let id = 0;
  const tiles = rows.flatMap((row, r) => row.flatMap((value, c) => (value ? [{ id: ++id, value, row: r, column: c }] : [])));
  return { size: rows.length, tiles, score: 0, moves: 0, nextId: 100, seed: 1, ...over };
}
/** The rows again, without the tile that came up. */
function rows(game: Game, without?: number): number[][] {
  const grid = Array.from({ length: game.size }, () => Array<number>(game.size).fill(0));
  for (const tile of game.tiles) if (tile.id !== without) (grid[tile.row] as number[])[tile.column] = tile.value;
  return grid;
}
const after = (start: number[][], direction: Direction) => {
  const result = move(board(start), direction, 0);
  return result && rows(result.game, result.fresh?.id);
};

describe("sliding", () => {
  it.each<[Direction, number[][]]>([
    [
      "left",
      [
        [4, 0, 0],
        [2, 4, 0],
        [8, 0, 0],
      ],
    ],
    [
      "right",
      [
        [0, 0, 4],
        [0, 2, 4],
        [0, 0, 8],
      ],
    ],
    [
      "up",
      [
        [2, 2, 2],
        [4, 8, 4],
        [0, 0, 0],
      ],
    ],
  ])("goes %s and merges on the way", (direction, expected) => {
    const start =
      direction === "up"
        ? [
            [2, 0, 2],
            [0, 2, 4],
            [4, 8, 0],
          ]
        : [
            [2, 0, 2],
            [0, 2, 4],
            [4, 4, 0],
          ];
    expect(after(start, direction)).toEqual(expected);
  });
  it("goes down", () => {
    expect(
      after(
        [
          [2, 4],
          [2, 0],
        ],
        "down",
      ),
    ).toEqual([
      [0, 0],
      [4, 4],
    ]);
  });
  it("merges a tile once in a move, the leading pair first", () => {
    expect(
      after(
        [
          [2, 2, 2, 2],
          [4, 4, 8, 0],
          [2, 2, 2, 0],
          [0, 0, 0, 0],
        ],
        "left",
      ),
    ).toEqual([
      [4, 4, 0, 0],
      [8, 8, 0, 0],
      [4, 2, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(
      after(
        [
          [2, 2, 2],
          [0, 0, 0],
          [0, 0, 0],
        ],
        "right",
      )?.[0],
    ).toEqual([0, 2, 4]);
  });
  it("counts the points and says which tiles met", () => {
    const result = move(
      board([
        [2, 2],
        [4, 4],
      ]),
      "left",
      0,
    );
    expect(result).toMatchObject({
      gained: 12,
      grown: [1, 3],
      absorbed: [
        { id: 2, row: 0, column: 0 },
        { id: 4, row: 1, column: 0 },
      ],
    });
    expect(result?.game).toMatchObject({ score: 12, moves: 1 });
  });
  it("is no move when nothing can slide", () => {
    expect(
      after(
        [
          [2, 4],
          [0, 0],
        ],
        "up",
      ),
    ).toBeNull();
    expect(
      after(
        [
          [2, 4],
          [4, 2],
        ],
        "left",
      ),
    ).toBeNull();
  });
  it("leaves the game it was given alone", () => {
    const game = board([
      [2, 2],
      [0, 0],
    ]);
    const copy = structuredClone(game);
    move(game, "left", 0);
    expect(game).toEqual(copy);
  });
});

describe("new tiles", () => {
  it("come up on free cells until the board is full", () => {
    let game = newGame(3, 2, 0.5, 42);
    expect(game.tiles).toHaveLength(2);
    for (let i = 0; i < 20; i++) game = spawn(game, 0.5).game;
    expect(new Set(game.tiles.map((tile) => `${tile.row},${tile.column}`)).size).toBe(9);
    expect(game.tiles.every((tile) => tile.value === 2 || tile.value === 4)).toBe(true);
  });
  it("are the same for the same seed", () => {
    expect(newGame(4, 2, 0.1, 9)).toEqual(newGame(4, 2, 0.1, 9));
  });
});

describe("the end", () => {
  it("comes when no two neighbours are equal on a full board", () => {
    expect(
      canMove(
        board([
          [2, 4],
          [4, 2],
        ]),
      ),
    ).toBe(false);
    expect(
      canMove(
        board([
          [2, 4],
          [2, 8],
        ]),
      ),
    ).toBe(true);
    expect(
      canMove(
        board([
          [2, 4],
          [4, 0],
        ]),
      ),
    ).toBe(true);
  });
  it("is reached by any player, and points add up", () => {
    let game = newGame(config.game.size, 2, 0.1, 3);
    let points = 0;
    for (let i = 0; canMove(game); i++) {
      const result = move(game, (["left", "down", "right", "up"] as const)[i % 4] ?? "left", 0.1);
      if (!result) continue;
      points += result.gained;
      game = result.game;
      expect(new Set(game.tiles.map((tile) => tile.row * 4 + tile.column)).size).toBe(game.tiles.length);
    }
    expect(game.score).toBe(points);
    expect(highest(game)).toBeGreaterThanOrEqual(32);
  });
});

describe("a saved game", () => {
  it("is accepted only when it is one", () => {
    const game = newGame(4, 2, 0.1, 1);
    expect(isGame(JSON.parse(JSON.stringify(game)), 4)).toBe(true);
    expect(isGame(game, 5)).toBe(false);
    for (const broken of [
      null,
      3,
      {},
      { ...game, tiles: [null] },
      { ...game, tiles: [{ id: 1, value: 3, row: 0, column: 0 }] },
      { ...game, tiles: [{ id: 1, value: 2, row: 9, column: 0 }] },
    ]) {
      expect(isGame(broken, 4)).toBe(false);
    }
  });
});
