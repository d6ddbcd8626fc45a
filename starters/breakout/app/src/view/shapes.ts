import { FIELD, type Ball, type Brick, type Drop, type Paddle } from "../game/types";
import type { Colors } from "./colors";

type Pen = CanvasRenderingContext2D;

export function drawBackdrop(pen: Pen, colors: Colors): void {
  const wash = pen.createLinearGradient(0, 0, 0, FIELD.height);
  wash.addColorStop(0, colors.field);
  wash.addColorStop(1, colors.fieldLow);
  pen.fillStyle = wash;
  pen.fillRect(0, 0, FIELD.width, FIELD.height);
  pen.fillStyle = colors.grid;
  for (let y = 24; y < FIELD.height; y += 32) {
    for (let x = 12; x < FIELD.width; x += 32) {
      pen.beginPath();
      pen.arc(x, y, 1.2, 0, Math.PI * 2);
      pen.fill();
    }
  }
}

export function drawBrick(pen: Pen, brick: Brick, color: string, colors: Colors): void {
  const { x, y, width, height, hits } = brick;
  const steel = hits === Infinity;
  pen.fillStyle = steel ? colors.steel : color;
  rounded(pen, x, y, width, height, 6);
  // Light from above, shade below: the brick looks moulded on any palette.
  const sheen = pen.createLinearGradient(0, y, 0, y + height);
  sheen.addColorStop(0, "rgb(255 255 255 / 0.34)");
  sheen.addColorStop(0.45, "rgb(255 255 255 / 0.04)");
  sheen.addColorStop(1, "rgb(0 0 0 / 0.2)");
  pen.fillStyle = sheen;
  rounded(pen, x, y, width, height, 6);
  pen.fillStyle = colors.onBrick;
  if (steel) {
    for (const cx of [x + 8, x + width - 8]) dot(pen, cx, y + height / 2, 2.2);
    return;
  }
  // Bricks that take more hits say how many by studs.
  for (let i = 0; i < hits && hits > 1; i++) dot(pen, x + width / 2 + (i - (hits - 1) / 2) * 10, y + height / 2, 2.6);
}

export function drawPaddle(pen: Pen, paddle: Paddle, sticky: boolean, colors: Colors): void {
  const left = paddle.x - paddle.width / 2;
  glow(pen, paddle.x, paddle.y + paddle.height, paddle.width * 0.7, colors, 0.35);
  pen.fillStyle = colors.paddle;
  rounded(pen, left, paddle.y, paddle.width, paddle.height, 7);
  pen.fillStyle = "rgb(255 255 255 / 0.45)";
  rounded(pen, left + 7, paddle.y + 3, paddle.width - 14, 2.5, 1.2);
  if (!sticky) return;
  pen.fillStyle = colors.ball;
  rounded(pen, left + 4, paddle.y - 3, paddle.width - 8, 3, 1.5);
}

export function drawBall(pen: Pen, ball: Ball, trail: { x: number; y: number }[], piercing: boolean, colors: Colors): void {
  const color = piercing ? (colors.bricks[0] ?? colors.ball) : colors.ball;
  pen.fillStyle = color;
  trail.forEach((point, i) => {
    pen.globalAlpha = (i / trail.length) * 0.22;
    dot(pen, point.x, point.y, ball.radius * (0.35 + (0.6 * i) / trail.length));
  });
  pen.globalAlpha = 1;
  glow(pen, ball.x, ball.y, ball.radius * 3.6, colors, 0.55);
  pen.fillStyle = color;
  dot(pen, ball.x, ball.y, ball.radius);
}

export function drawDrop(pen: Pen, drop: Drop, mark: string, colors: Colors): void {
  glow(pen, drop.x, drop.y, 34, colors, 0.4);
  pen.fillStyle = colors.paddle;
  rounded(pen, drop.x - 20, drop.y - 11, 40, 22, 11);
  pen.fillStyle = colors.onBrick;
  pen.font = "800 14px ui-sans-serif, system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(mark, drop.x, drop.y + 1);
  pen.textBaseline = "alphabetic";
}

function rounded(pen: Pen, x: number, y: number, width: number, height: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

function dot(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fill();
}

function glow(pen: Pen, x: number, y: number, radius: number, colors: Colors, strength: number): void {
  const light = pen.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colors.glow);
  light.addColorStop(1, colors.glowEnd);
  pen.globalAlpha = strength;
  pen.fillStyle = light;
  pen.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  pen.globalAlpha = 1;
}
