import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { config } from "../app/src/config";
import { mount } from "../app/src/main";
import { expectAccessible } from "../../setup/axe";

vi.setConfig({ testTimeout: 30_000 });
let game: ReturnType<typeof mount>;

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  document.body.innerHTML = `<div id="app"></div>`;
  game = mount(document.body.firstElementChild as HTMLElement);
});
afterEach(() => game.stop());

const advance = (count: number, launch = false) => {
  for (let i = 0; i < count; i++) game.session.advance({ target: null, steer: 0, launch: launch && i === 0 });
};

describe("the page", () => {
  it("welcomes with the title and is accessible", async () => {
    expect(screen.getByRole("dialog", { name: config.title })).toBeVisible();
    expect(screen.getByRole("button", { name: config.words.start })).toHaveFocus();
    await expectAccessible(document.body);
  });
  it("starts, pauses by key and goes on", async () => {
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: config.words.start }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("status")).toHaveTextContent(config.words.launchHint);
    await user.keyboard("p");
    expect(screen.getByRole("dialog", { name: config.words.paused })).toBeVisible();
    await user.click(screen.getByRole("button", { name: config.words.resume }));
    expect(game.session.paused).toBe(false);
  });
  it("stands still while paused", async () => {
    await userEvent.click(screen.getByRole("button", { name: config.words.start }));
    advance(1, true);
    game.session.togglePause();
    const before = structuredClone(game.session.state);
    advance(100);
    expect(game.session.state).toEqual(before);
  });
  it("keeps the best score for the next visit", async () => {
    await userEvent.click(screen.getByRole("button", { name: config.words.start }));
    game.session.state.score = 1230;
    game.session.state.lives = 1;
    advance(1, true);
    for (const ball of game.session.state.balls) ball.y = 5000;
    advance(1);
    expect(screen.getByRole("dialog", { name: config.words.gameOver })).toHaveTextContent("1,230");
    expect(localStorage.getItem("breakout.best")).toBe("1230");
  });
  it("is silent until a person wants sound, and remembers", async () => {
    const button = screen.getByRole("button", { name: /sound/i });
    expect(button).toHaveAttribute("aria-pressed", "false");
    await userEvent.click(button);
    expect(button).toHaveAttribute("aria-pressed", "true");
    expect(localStorage.getItem("breakout.sound")).toBe("true");
  });
  it("works where storage is forbidden", () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
    game.stop();
    game = mount(document.body.firstElementChild as HTMLElement);
    expect(game.session.best).toBe(0);
  });
});
