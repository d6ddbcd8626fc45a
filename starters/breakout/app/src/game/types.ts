/** The field's size in its own units; the canvas scales it to the screen. */
export const FIELD = { width: 600, height: 720 };

export type PowerKind = "wide" | "multi" | "slow" | "catch" | "pierce" | "life";

export type Phase = "ready" | "playing" | "cleared" | "over";

export interface Ball {
  x: number;
  y: number;
  /** Direction, a unit vector; the speed is the same for all balls. */
  dx: number;
  dy: number;
  radius: number;
  /** Distance from the paddle's middle while the ball rests on it. */
  heldAt: number | null;
}

export interface Brick {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Hits that are left; Infinity for steel. */
  hits: number;
  /** Which of the palette's brick colours it wears, from 0. */
  color: number;
}

export interface Drop {
  kind: PowerKind;
  x: number;
  y: number;
}

export interface Paddle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface GameState {
  phase: Phase;
  level: number;
  lives: number;
  score: number;
  /** Bricks broken since a ball last touched the paddle. */
  combo: number;
  paddle: Paddle;
  balls: Ball[];
  bricks: Brick[];
  drops: Drop[];
  /** Seconds that each power-up still lasts. */
  active: Partial<Record<PowerKind, number>>;
  paddleHits: number;
  /** State of the random numbers, so that a game can be replayed. */
  seed: number;
}

export interface Input {
  /** Where the paddle's middle should be, or null when the keys steer. */
  target: number | null;
  /** -1 left, 1 right, 0 neither. */
  steer: number;
  launch: boolean;
}

export type GameEvent =
  | { type: "launch" | "wall" | "paddle" | "lost" | "over" | "cleared" }
  | { type: "hit" | "steel"; brick: Brick }
  | { type: "break"; brick: Brick; points: number; combo: number }
  | { type: "power"; kind: PowerKind; x: number; y: number };
