import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { config } from "../app/src/config";
import type { Game } from "../app/src/game/types";
import { mount } from "../app/src/main";
import { expectAccessible } from "../../setup/axe";

vi.setConfig({ testTimeout: 30_000 });
let app: ReturnType<typeof mount>;
const { words } = config;

function open() {
  document.body.innerHTML = `<div id="app"></div>`;
  app = mount(document.body.firstElementChild as HTMLElement);
}
beforeEach(open);
afterEach(() => app.stop());

const full = (values: number[], over: Partial<Game> = {}): Game => ({
  ...app.session.game,
  tiles: values.flatMap((value, cell) => (value ? [{ id: cell + 1, value, row: Math.floor(cell / 4), column: cell % 4 }] : [])),
  nextId: 50,
  ...over,
});
const empty = (count: number): number[] => Array<number>(count).fill(0);
const figure = (name: string) => document.querySelector(`[data-part="${name}"]`);

describe("the page", () => {
  it("shows two tiles on an accessible board", async () => {
    expect(document.querySelectorAll(".face")).toHaveLength(config.game.startTiles);
    expect(screen.getByRole("group", { name: words.board })).toBeVisible();
    await expectAccessible(document.body);
  });
  it("slides by key, counts and announces", async () => {
    app.session.game = full([2, 2, ...empty(14)]);
    await userEvent.keyboard("{ArrowLeft}");
    expect(app.session.game.tiles.find((tile) => tile.id === 1)).toMatchObject({ value: 4, row: 0, column: 0 });
    expect(figure("score")).toHaveTextContent("4");
    expect(screen.getByRole("status")).toHaveTextContent("left. 1 merged, plus 4. Score 4.");
  });
  it("slides by swiping", () => {
    app.session.game = full([2, ...empty(15)]);
    const frame = screen.getByRole("group", { name: words.board });
    frame.dispatchEvent(new MouseEvent("pointerdown", { clientX: 10, clientY: 10, bubbles: true }));
    frame.dispatchEvent(new MouseEvent("pointermove", { clientX: 14, clientY: 60, bubbles: true }));
    expect(app.session.game.tiles.find((tile) => tile.id === 1)).toMatchObject({ row: 3, column: 0 });
  });
  it("takes moves back, a few times", async () => {
    const before = app.session.game.tiles;
    await userEvent.keyboard("{ArrowLeft}{ArrowDown}{ArrowRight}");
    const made = app.session.game.moves;
    for (let i = 0; i < made; i++) await userEvent.click(screen.getByRole("button", { name: new RegExp(words.undo) }));
    expect(app.session.game.tiles).toEqual(before);
    expect(app.session.undosLeft).toBe(config.game.undos - made);
  });
  it("pauses", async () => {
    await userEvent.keyboard("p");
    expect(screen.getByRole("dialog", { name: words.paused })).toBeVisible();
    const { tiles } = app.session.game;
    await userEvent.keyboard("{ArrowLeft}{ArrowDown}");
    expect(app.session.game.tiles).toBe(tiles);
    await userEvent.click(screen.getByRole("button", { name: words.resume }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });
  it("says when the target is reached and plays on", async () => {
    app.session.game = full([1024, 1024, ...empty(14)]);
    await userEvent.keyboard("{ArrowLeft}");
    expect(screen.getByRole("dialog", { name: words.won })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: words.keepGoing }));
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
  it("says when no move is left and begins again", async () => {
    app.session.game = full([0, 4, 8, 16, 8, 16, 32, 64, 16, 32, 64, 128, 32, 64, 128, 256]);
    await userEvent.keyboard("{ArrowLeft}");
    expect(screen.getByRole("dialog", { name: words.gameOver })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: words.again }));
    expect(app.session.game.tiles).toHaveLength(config.game.startTiles);
  });
});

describe("what is kept", () => {
  it("game, best score and size come back", async () => {
    await userEvent.click(screen.getByRole("radio", { name: "5 × 5" }));
    app.session.game = {
      ...app.session.game,
      tiles: [
        { id: 1, value: 8, row: 0, column: 0 },
        { id: 2, value: 8, row: 0, column: 1 },
      ],
    };
    await userEvent.keyboard("{Control>}{ArrowLeft}{/Control}");
    expect(app.session.game.score).toBe(0);
    screen.getByRole<HTMLInputElement>("radio", { name: "5 × 5" }).blur();
    await userEvent.keyboard("a");
    const { game } = app.session;
    app.stop();
    open();
    expect(app.session).toMatchObject({ size: 5, game, best: 16 });
  });
  it("broken storage is ignored", () => {
    localStorage.setItem("tiles.game.4", `{"game":{"tiles":"no"}}`);
    app.stop();
    open();
    expect(app.session.game.tiles).toHaveLength(config.game.startTiles);
  });
  it("forbidden storage does no harm", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await userEvent.keyboard("{ArrowLeft}{ArrowDown}");
    expect(app.session.game.moves).toBeGreaterThan(0);
  });
});
