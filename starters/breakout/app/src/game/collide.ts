import type { Ball, Paddle } from "./types";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How the ball meets a box: the side's normal and how deep it is in, or null when it does not touch. */
export function touch(ball: Ball, box: Box): { nx: number; ny: number; depth: number } | null {
  const nearX = Math.min(Math.max(ball.x, box.x), box.x + box.width);
  const nearY = Math.min(Math.max(ball.y, box.y), box.y + box.height);
  const offX = ball.x - nearX;
  const offY = ball.y - nearY;
  const distance = Math.hypot(offX, offY);
  if (distance >= ball.radius) return null;
  if (distance > 0) {
    return { nx: offX / distance, ny: offY / distance, depth: ball.radius - distance };
  }
  return { nx: 0, ny: ball.dy > 0 ? -1 : 1, depth: ball.radius };
}

/** Mirrors the ball's direction on a normal, unless it is already leaving. */
export function reflect(ball: Ball, nx: number, ny: number): void {
  const along = ball.dx * nx + ball.dy * ny;
  if (along >= 0) return;
  aim(ball, ball.dx - 2 * along * nx, ball.dy - 2 * along * ny);
}

/** Sets a direction and keeps it from becoming so flat that a rally never ends. */
export function aim(ball: Ball, dx: number, dy: number): void {
  const flattest = 0.26;
  const length = Math.hypot(dx, dy) || 1;
  const y = dy / length;
  const steep = Math.abs(y) < flattest ? (y < 0 ? -flattest : flattest) : y;
  ball.dx = Math.sign(dx) * Math.sqrt(1 - steep * steep);
  ball.dy = steep;
}

/** Sends the ball up from the paddle: straight from its middle, at 62 degrees from its ends. */
export function bounceOffPaddle(ball: Ball, paddle: Paddle): void {
  const offset = Math.max(-1, Math.min(1, (ball.x - paddle.x) / (paddle.width / 2)));
  const angle = offset * ((62 * Math.PI) / 180);
  ball.y = paddle.y - ball.radius;
  aim(ball, Math.sin(angle), -Math.cos(angle));
}
