import { describe, expect, it } from "vitest";
import { config, type GameConfig } from "../app/src/config";
import { isCleared, layOutLevel, rowsOf } from "../app/src/game/levels";
import { gainPower } from "../app/src/game/powers";
import { ballSpeed, newGame } from "../app/src/game/state";
import { step } from "../app/src/game/step";
import { FIELD, type GameEvent, type GameState, type Input } from "../app/src/game/types";

const rules: GameConfig = { ...config.game, lives: 2, powerUpChance: 0, levels: [["1.2", "#.."], ["11"]] };
const still: Input = { target: null, steer: 0, launch: false };
const DT = 1 / 240;

/** Plays on, the paddle under the first ball, until `until` or a minute has passed. */
function playOn(state: GameState, until: (events: GameEvent[]) => boolean, r = rules, lean = 0): GameEvent[] {
  const all: GameEvent[] = [];
  for (let i = 0; i < 240 * 60; i++) {
    const target = (state.balls[0]?.x ?? 0) + lean * Math.sin(i / 50);
    const events = step(state, r, { target, steer: 0, launch: i === 0 }, DT);
    all.push(...events);
    if (until(events)) return all;
  }
  return all;
}
const has = (type: GameEvent["type"]) => (events: GameEvent[]) => events.some((event) => event.type === type);

describe("levels", () => {
  it("lays bricks out across the field", () => {
    const bricks = layOutLevel(["1.3", "#2"]);
    expect(bricks.map((brick) => brick.hits)).toEqual([1, 3, Infinity, 2]);
    expect(Math.max(...bricks.map((brick) => brick.x + brick.width))).toBeCloseTo(FIELD.width - 18);
  });
  it("are cleared when only steel is left, and begin again after the last", () => {
    expect(isCleared(layOutLevel(["#"]))).toBe(true);
    expect(isCleared(layOutLevel(["#1"]))).toBe(false);
    expect(rowsOf(rules.levels, 3)).toBe(rules.levels[0]);
  });
  it("of the configuration can all be won", () => {
    for (const rows of config.game.levels) expect(isCleared(layOutLevel(rows))).toBe(false);
  });
});

describe("a game", () => {
  it("waits on the paddle until it is launched", () => {
    const state = newGame(rules, 1);
    step(state, rules, { ...still, target: 100 }, DT);
    expect(state.balls[0]).toMatchObject({ x: 100, heldAt: 0 });
    expect(step(state, rules, { ...still, launch: true }, DT)).toContainEqual({ type: "launch" });
    expect(state.phase).toBe("playing");
  });
  it("keeps the paddle in the field", () => {
    const state = newGame(rules, 1);
    step(state, rules, { ...still, target: -500 }, DT);
    expect(state.paddle.x).toBe(rules.paddleWidth / 2);
    for (let i = 0; i < 400; i++) step(state, rules, { ...still, steer: 1 }, DT);
    expect(state.paddle.x).toBe(FIELD.width - rules.paddleWidth / 2);
  });
  it("is the same again for the same seed", () => {
    const [a, b] = [newGame(rules, 7), newGame(rules, 7)];
    playOn(a, has("break"));
    playOn(b, has("break"));
    expect(a).toEqual(b);
  });
  it("scores bricks and clears the level", () => {
    const state = newGame({ ...rules, levels: [["111"]] }, 3);
    const events = playOn(state, has("cleared"), rules, 30);
    expect(events.filter((event) => event.type === "break")).toHaveLength(3);
    expect(state.phase).toBe("cleared");
    expect(state.score).toBeGreaterThanOrEqual(30 + 100);
  });
  it("takes two hits for a 2 and never breaks steel", () => {
    const two = { ...rules, levels: [["22222"]] };
    expect(has("hit")(playOn(newGame(two, 2), has("break"), two))).toBe(true);
    const steel = { ...rules, levels: [["#1111"]] };
    const state = newGame(steel, 5);
    playOn(state, has("cleared"), steel, 40);
    expect(state.bricks.filter((brick) => brick.hits === Infinity)).toHaveLength(1);
  });
  it("costs a life when the last ball falls, and ends with the last life", () => {
    const state = newGame(rules, 1);
    const fall = () => {
      step(state, rules, { ...still, launch: true }, DT);
      for (const ball of state.balls) Object.assign(ball, { y: FIELD.height + 40 });
      return step(state, rules, still, DT);
    };
    expect(fall()).toContainEqual({ type: "lost" });
    expect([state.phase, state.lives]).toEqual(["ready", 1]);
    expect(fall()).toContainEqual({ type: "over" });
    expect(state.phase).toBe("over");
    expect(step(state, rules, { ...still, launch: true }, DT)).toEqual([]);
  });
});

describe("power-ups", () => {
  const playing = () => {
    const state = newGame(rules, 1);
    step(state, rules, { ...still, launch: true }, DT);
    return state;
  };
  it("fall from bricks when the chance says so", () => {
    const lucky: GameConfig = { ...rules, powerUpChance: 1, powerUps: ["life"], levels: [["1111111"]] };
    const state = newGame(lucky, 4);
    playOn(state, has("break"), lucky);
    expect(state.drops.map((drop) => drop.kind)).toEqual(["life"]);
  });
  it("are caught by the paddle", () => {
    const state = playing();
    state.drops.push({ kind: "wide", x: state.paddle.x, y: state.paddle.y - 19 });
    const events = Array.from({ length: 20 }, () => step(state, rules, still, DT)).flat();
    expect(events).toContainEqual(expect.objectContaining({ type: "power", kind: "wide" }));
    expect(state.paddle.width).toBeCloseTo(rules.paddleWidth * 1.6);
  });
  it("end after their time", () => {
    const state = playing();
    gainPower(state, rules, "wide");
    state.active.wide = DT / 2;
    step(state, rules, still, DT);
    expect([state.paddle.width, state.active.wide]).toEqual([rules.paddleWidth, undefined]);
  });
  it("do what they say", () => {
    const state = playing();
    const speed = ballSpeed(state, rules);
    gainPower(state, rules, "multi");
    expect(state.balls).toHaveLength(3);
    gainPower(state, rules, "life");
    expect(state.lives).toBe(3);
    gainPower(state, rules, "slow");
    expect(ballSpeed(state, rules)).toBeCloseTo(speed * 0.65);
  });
});
