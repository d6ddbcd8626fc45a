import type { GameConfig } from "../config";
import { aim, bounceOffPaddle, reflect, touch } from "./collide";
import { isCleared } from "./levels";
import { agePowers, gainPower, maybeDrop } from "./powers";
import { draw } from "./random";
import { ballSpeed, serve } from "./state";
import { FIELD, type Ball, type Brick, type GameEvent, type GameState, type Input } from "./types";

const PADDLE_SPEED = 720;
const DROP_SPEED = 150;

/** Moves the game on by `dt` seconds (at most 1/120, or a fast ball could pass a brick). Says what happened. */
export function step(state: GameState, rules: GameConfig, input: Input, dt: number): GameEvent[] {
  if (state.phase !== "ready" && state.phase !== "playing") return [];
  const events: GameEvent[] = [];
  movePaddle(state, input, dt);
  if (input.launch) launch(state, events);
  if (state.phase === "playing") agePowers(state, rules, dt);
  const reach = ballSpeed(state, rules) * dt;
  for (const ball of state.balls) moveBall(state, rules, ball, reach, events);
  moveDrops(state, rules, dt, events);
  settle(state, rules, events);
  return events;
}

function movePaddle(state: GameState, input: Input, dt: number): void {
  const half = state.paddle.width / 2;
  const wanted = input.target ?? state.paddle.x + input.steer * PADDLE_SPEED * dt;
  state.paddle.x = Math.min(Math.max(wanted, half), FIELD.width - half);
}

function launch(state: GameState, events: GameEvent[]): void {
  const held = state.balls.filter((ball) => ball.heldAt !== null);
  if (held.length === 0) return;
  for (const ball of held) {
    const lean = state.phase === "ready" ? (draw(state) - 0.5) * 0.8 : ((ball.heldAt ?? 0) / state.paddle.width) * 2;
    aim(ball, lean, -1);
    ball.heldAt = null;
  }
  state.phase = "playing";
  events.push({ type: "launch" });
}

function moveBall(state: GameState, rules: GameConfig, ball: Ball, reach: number, events: GameEvent[]): void {
  if (ball.heldAt !== null) {
    ball.x = state.paddle.x + ball.heldAt;
    ball.y = state.paddle.y - ball.radius;
    return;
  }
  ball.x += ball.dx * reach;
  ball.y += ball.dy * reach;
  meetWalls(ball, events);
  meetPaddle(state, ball, events);
  meetBricks(state, rules, ball, events);
}

function meetWalls(ball: Ball, events: GameEvent[]): void {
  const { radius } = ball;
  if (ball.x < radius || ball.x > FIELD.width - radius) {
    ball.x = Math.min(Math.max(ball.x, radius), FIELD.width - radius);
    reflect(ball, ball.x < FIELD.width / 2 ? 1 : -1, 0);
    events.push({ type: "wall" });
  }
  if (ball.y < radius) {
    ball.y = radius;
    reflect(ball, 0, 1);
    events.push({ type: "wall" });
  }
}

function meetPaddle(state: GameState, ball: Ball, events: GameEvent[]): void {
  const { paddle } = state;
  const box = { x: paddle.x - paddle.width / 2, y: paddle.y, width: paddle.width, height: paddle.height };
  if (ball.dy <= 0 || !touch(ball, box)) return;
  if (state.active.catch) ball.heldAt = ball.x - paddle.x;
  bounceOffPaddle(ball, paddle);
  state.combo = 0;
  state.paddleHits += 1;
  events.push({ type: "paddle" });
}

function meetBricks(state: GameState, rules: GameConfig, ball: Ball, events: GameEvent[]): void {
  let deepest: { brick: Brick; nx: number; ny: number; depth: number } | null = null;
  for (const brick of state.bricks) {
    const contact = touch(ball, brick);
    if (contact && contact.depth > (deepest?.depth ?? 0)) deepest = { brick, ...contact };
  }
  if (!deepest) return;
  const { brick, nx, ny, depth } = deepest;
  const piercing = state.active.pierce !== undefined && brick.hits !== Infinity;
  if (!piercing) {
    ball.x += nx * depth;
    ball.y += ny * depth;
    reflect(ball, nx, ny);
  }
  strike(state, rules, ball, brick, piercing, events);
}

function strike(state: GameState, rules: GameConfig, ball: Ball, brick: Brick, piercing: boolean, events: GameEvent[]): void {
  if (brick.hits === Infinity) {
    // A little turn each time, or a ball between two steel bricks could stay there for ever.
    aim(ball, ball.dx + (draw(state) - 0.5) * 0.12, ball.dy);
    events.push({ type: "steel", brick });
    return;
  }
  brick.hits -= piercing ? brick.hits : 1;
  if (brick.hits > 0) {
    events.push({ type: "hit", brick });
    return;
  }
  state.bricks.splice(state.bricks.indexOf(brick), 1);
  state.combo += 1;
  const points = 10 * Math.min(state.combo, 8);
  state.score += points;
  events.push({ type: "break", brick, points, combo: state.combo });
  maybeDrop(state, rules, brick);
}

function moveDrops(state: GameState, rules: GameConfig, dt: number, events: GameEvent[]): void {
  const { paddle } = state;
  state.drops = state.drops.filter((drop) => {
    drop.y += DROP_SPEED * dt;
    const caught = Math.abs(drop.x - paddle.x) < paddle.width / 2 + 14 && Math.abs(drop.y - paddle.y) < 18;
    if (caught) {
      gainPower(state, rules, drop.kind);
      events.push({ type: "power", kind: drop.kind, x: drop.x, y: drop.y });
    }
    return !caught && drop.y < FIELD.height + 20;
  });
}

function settle(state: GameState, rules: GameConfig, events: GameEvent[]): void {
  if (isCleared(state.bricks)) {
    state.phase = "cleared";
    state.score += 100 * state.level;
    events.push({ type: "cleared" });
    return;
  }
  state.balls = state.balls.filter((ball) => ball.y < FIELD.height + 30);
  if (state.balls.length > 0) return;
  state.lives -= 1;
  events.push({ type: "lost" });
  if (state.lives > 0) {
    serve(state, rules);
  } else {
    state.phase = "over";
    events.push({ type: "over" });
  }
}
