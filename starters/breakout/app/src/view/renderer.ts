import { POWERS } from "../game/powers";
import { FIELD, type Ball, type GameState } from "../game/types";
import { readColors, type Colors } from "./colors";
import type { Effects } from "./effects";
import { drawBackdrop, drawBall, drawBrick, drawDrop, drawPaddle } from "./shapes";

const TRAIL = 14;

/** Draws the game on a canvas, sharp on every screen. Bricks and backdrop are kept as a picture until they change. */
export class Renderer {
  private readonly pen: CanvasRenderingContext2D | null;
  private readonly still = document.createElement("canvas");
  private colors: Colors = readColors();
  private drawn = "";
  private trails = new WeakMap<Ball, { x: number; y: number }[]>();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly effects: Effects,
  ) {
    this.pen = canvas.getContext("2d");
  }

  /** Fits the canvas to its box and the screen's pixels; call it when either changed, or the theme did. */
  refresh(): void {
    const scale = Math.min(window.devicePixelRatio || 1, 3);
    const width = Math.max(1, Math.round(this.canvas.clientWidth * scale));
    const height = Math.round((width * FIELD.height) / FIELD.width);
    this.canvas.width = this.still.width = width;
    this.canvas.height = this.still.height = height;
    this.colors = readColors();
    this.drawn = "";
  }

  color = (index: number): string => this.colors.bricks[index % this.colors.bricks.length] ?? this.colors.ball;

  draw(state: GameState): void {
    const { pen, canvas } = this;
    if (!pen) return;
    this.drawStill(state);
    const unit = canvas.width / FIELD.width;
    const { shake } = this.effects;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.still, 0, 0);
    pen.setTransform(unit, 0, 0, unit, Math.sin(shake * 9) * shake * unit * 0.4, 0);
    for (const drop of state.drops) drawDrop(pen, drop, POWERS[drop.kind].mark, this.colors);
    for (const ball of state.balls) drawBall(pen, ball, this.trailOf(ball), state.active.pierce !== undefined, this.colors);
    drawPaddle(pen, state.paddle, state.active.catch !== undefined, this.colors);
    this.drawEffects(pen);
  }

  private drawStill(state: GameState): void {
    const now = `${state.level}:${state.bricks.map((brick) => `${brick.x | 0},${brick.y | 0},${brick.hits}`).join(";")}`;
    if (now === this.drawn) return;
    const pen = this.still.getContext("2d");
    if (!pen) return;
    const unit = this.still.width / FIELD.width;
    pen.setTransform(unit, 0, 0, unit, 0, 0);
    drawBackdrop(pen, this.colors);
    for (const brick of state.bricks) drawBrick(pen, brick, this.color(brick.color), this.colors);
    this.drawn = now;
  }

  private trailOf(ball: Ball): { x: number; y: number }[] {
    if (this.effects.calm) return [];
    const trail = this.trails.get(ball) ?? [];
    trail.push({ x: ball.x, y: ball.y });
    if (trail.length > TRAIL) trail.shift();
    this.trails.set(ball, trail);
    return trail;
  }

  private drawEffects(pen: CanvasRenderingContext2D): void {
    for (const spark of this.effects.sparks) {
      pen.globalAlpha = Math.min(1, spark.life * 1.4);
      pen.fillStyle = spark.color;
      pen.fillRect(spark.x - spark.size / 2, spark.y - spark.size / 2, spark.size, spark.size);
    }
    pen.font = "700 17px ui-sans-serif, system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillStyle = this.colors.ink;
    for (const text of this.effects.texts) {
      pen.globalAlpha = Math.min(1, text.life);
      pen.fillText(text.text, text.x, text.y);
    }
    pen.globalAlpha = 1;
  }
}
