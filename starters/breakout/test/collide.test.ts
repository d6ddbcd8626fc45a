import { describe, expect, it } from "vitest";
import { aim, bounceOffPaddle, reflect, touch } from "../app/src/game/collide";
import type { Ball } from "../app/src/game/types";

const ball = (over: Partial<Ball> = {}): Ball => ({ x: 100, y: 100, dx: 0, dy: 1, radius: 8, heldAt: null, ...over });
const box = { x: 80, y: 105, width: 40, height: 20 };

describe("touch", () => {
  it("finds the side and the depth", () => {
    expect(touch(ball(), box)).toEqual({ nx: 0, ny: -1, depth: 3 });
  });
  it("leaves a ball alone that only nears a corner", () => {
    expect(touch(ball({ x: 73, y: 98 }), box)).toBeNull();
  });
  it("pushes a ball out that is wholly inside", () => {
    expect(touch(ball({ y: 110 }), box)).toEqual({ nx: 0, ny: -1, depth: 8 });
  });
});

describe("directions", () => {
  it("mirrors once, not again while leaving", () => {
    const b = ball({ dx: 0.6, dy: 0.8 });
    reflect(b, 0, -1);
    expect([b.dx, b.dy]).toEqual([expect.closeTo(0.6), expect.closeTo(-0.8)]);
    reflect(b, 0, -1);
    expect(b.dy).toBeCloseTo(-0.8);
  });
  it("never lets a ball fly flat", () => {
    const b = ball();
    aim(b, 1, 0.001);
    expect(b.dy).toBeCloseTo(0.26);
    expect(Math.hypot(b.dx, b.dy)).toBeCloseTo(1);
  });
  it("sends the ball where the paddle was hit", () => {
    const paddle = { x: 100, y: 120, width: 80, height: 14 };
    const left = ball({ x: 64 });
    const middle = ball();
    bounceOffPaddle(left, paddle);
    bounceOffPaddle(middle, paddle);
    expect(left.dx).toBeLessThan(-0.7);
    expect([middle.dx, middle.dy]).toEqual([expect.closeTo(0), expect.closeTo(-1)]);
    expect(left.y).toBe(112);
  });
});
