import type { GameConfig } from "../config";
import { aim } from "./collide";
import { draw } from "./random";
import type { Brick, GameState, PowerKind } from "./types";

/** Seconds that a power-up lasts; those that act at once have none. */
export const LASTS: Partial<Record<PowerKind, number>> = { wide: 14, slow: 9, catch: 14, pierce: 7 };

export const POWERS: Record<PowerKind, { name: string; about: string; mark: string }> = {
  wide: { name: "Wide", about: "A longer paddle", mark: "W" },
  multi: { name: "Multi", about: "Three balls", mark: "M" },
  slow: { name: "Slow", about: "Takes the speed out", mark: "S" },
  catch: { name: "Catch", about: "The ball sticks, you aim", mark: "C" },
  pierce: { name: "Pierce", about: "Straight through bricks", mark: "P" },
  life: { name: "Life", about: "One more ball", mark: "+" },
};

/** Perhaps lets a power-up fall from a brick that broke. */
export function maybeDrop(state: GameState, rules: GameConfig, brick: Brick): void {
  if (rules.powerUps.length === 0 || draw(state) >= rules.powerUpChance) return;
  const kind = rules.powerUps[Math.floor(draw(state) * rules.powerUps.length)];
  if (kind) state.drops.push({ kind, x: brick.x + brick.width / 2, y: brick.y + brick.height / 2 });
}

/** Applies a power-up that was caught. */
export function gainPower(state: GameState, rules: GameConfig, kind: PowerKind): void {
  const seconds = LASTS[kind];
  if (seconds) state.active[kind] = seconds;
  if (kind === "wide") state.paddle.width = rules.paddleWidth * 1.6;
  if (kind === "life") state.lives = Math.min(state.lives + 1, 9);
  if (kind === "multi") splitBalls(state);
}

function splitBalls(state: GameState): void {
  const source = state.balls[0];
  if (!source) return;
  for (const turn of [-0.45, 0.45]) {
    const twin = { ...source, heldAt: null };
    const up = source.heldAt === null ? source : { dx: 0, dy: -1 };
    aim(twin, up.dx * Math.cos(turn) - up.dy * Math.sin(turn), up.dx * Math.sin(turn) + up.dy * Math.cos(turn));
    state.balls.push(twin);
  }
}

/** Counts power-ups down and ends those whose time is over. */
export function agePowers(state: GameState, rules: GameConfig, dt: number): void {
  const before = state.active;
  const left = Object.entries(before).map(([kind, seconds]) => [kind, seconds - dt] as const);
  state.active = Object.fromEntries(left.filter(([, seconds]) => seconds > 0));
  if (before.wide && !state.active.wide) state.paddle.width = rules.paddleWidth;
}
