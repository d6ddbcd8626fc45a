import type { GameConfig } from "../config";
import { layOutLevel, rowsOf } from "./levels";
import { FIELD, type Ball, type GameState } from "./types";

const PADDLE_Y = FIELD.height - 52;

/** A new game, the first ball resting on the paddle. */
export function newGame(rules: GameConfig, seed: number): GameState {
  const state: GameState = {
    phase: "ready",
    level: 1,
    lives: rules.lives,
    score: 0,
    combo: 0,
    paddle: { x: FIELD.width / 2, y: PADDLE_Y, width: rules.paddleWidth, height: 14 },
    balls: [],
    bricks: [],
    drops: [],
    active: {},
    paddleHits: 0,
    seed,
  };
  beginLevel(state, rules, 1);
  return state;
}

/** Sets up a level and keeps score and lives. */
export function beginLevel(state: GameState, rules: GameConfig, level: number): void {
  state.level = level;
  state.bricks = layOutLevel(rowsOf(rules.levels, level));
  serve(state, rules);
}

/** Puts one ball on the paddle and ends what power-ups did. */
export function serve(state: GameState, rules: GameConfig): void {
  state.phase = "ready";
  state.active = {};
  state.drops = [];
  state.combo = 0;
  state.paddleHits = 0;
  state.paddle.width = rules.paddleWidth;
  state.balls = [restingBall(state)];
}

function restingBall(state: GameState): Ball {
  const radius = 8;
  return { x: state.paddle.x, y: state.paddle.y - radius, dx: 0, dy: -1, radius, heldAt: 0 };
}

/** Units per second for every ball: faster by level and with each rally, capped. */
export function ballSpeed(state: GameState, rules: GameConfig): number {
  const byLevel = 1 + (state.level - 1) * rules.speedUpPerLevel;
  const byRally = 1 + Math.min(state.paddleHits, 30) * 0.008;
  const slow = state.active.slow ? 0.65 : 1;
  return Math.min(rules.ballSpeed * byLevel * byRally, rules.ballSpeed * 2) * slow;
}
